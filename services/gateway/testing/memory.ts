import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Bytes that buffers hold in this process, once what nobody holds any more is gone. */
export function heldInBuffers(): number {
  // Buffers are freed beside the program: the second time waits for what the first time began.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}
