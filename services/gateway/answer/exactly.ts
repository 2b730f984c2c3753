import { Transform } from "node:stream";
import { isUint8Array } from "node:util/types";

/**
 * Passes bytes on, and nothing but bytes: exactly as many as were announced, where any were. One more would be read as the
 * beginning of the next answer on the same connection.
 */
export function exactly(length: number | undefined): Transform {
  let size = 0;
  return new Transform({
    // Of objects on this side, so that one that is no bytes arrives here as an error, and not at whoever wrote it as a throw.
    writableObjectMode: true,
    writableHighWaterMark: 1,
    transform(chunk: unknown, encoding, done) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
      if (!isUint8Array(bytes)) {
        done(new Error("The stream has a chunk that is neither bytes nor text"));
        return;
      }
      size += bytes.length;
      if (length !== undefined && size > length) {
        done(new Error(`The stream has more than the ${length} bytes that were announced`));
        return;
      }
      done(null, bytes);
    },
    flush(done) {
      const short = length !== undefined && size < length;
      done(short ? new Error(`The stream has ${size} of the ${length} bytes that were announced`) : null);
    },
  });
}
