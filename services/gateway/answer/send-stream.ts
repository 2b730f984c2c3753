// An answer that is not held here but passed on, as fast as the client takes it. Until its first byte everything can still
// be refused in the ordinary form; after that, a cut connection is the only honest end of what is not whole.
import type { IncomingMessage, ServerResponse } from "node:http";
import { finished, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Errors } from "moleculer";
import type { StreamAnswer } from "../../../contract/http-binding.ts";
import type { Route } from "../route.ts";
import { exactly } from "./exactly.ts";
import { setHeaders } from "./headers.ts";

/**
 * Settles when the last byte is out, or when the client has gone. Whatever happens, the stream does not outlive it.
 * @param silence milliseconds for which it may stand still: with nothing to send, or with nobody who takes it
 * @throws Error of the stream, or one that says what is wrong with the answer
 */
export async function sendStream(
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
  answer: StreamAnswer,
  silence: number,
): Promise<void> {
  const { stream, status, type, length, headers } = answer;
  const fault = faultOf(route, answer);
  if (fault !== undefined) {
    if (stream instanceof Readable) stream.destroy();
    throw new Error(`${route.action} ${fault}`);
  }
  // Moleculer tells of an error on another node by the event alone, and then ends the stream as if it were whole.
  stream.on("error", (error) => stream.destroy(error));
  // Where that error came too early, nobody hears of it, and the stream never ends at all.
  res.setTimeout(silence, () => stream.destroy(new Errors.RequestTimeoutError({ action: route.action, nodeID: "" })));
  try {
    await begun(stream, res);
    if (res.destroyed) return;
    setHeaders(res, headers);
    res.setHeader("Content-Type", type);
    if (length !== undefined) res.setHeader("Content-Length", length);
    res.statusCode = status;
    if (req.method === "HEAD") res.end();
    else await pass(stream, length, res);
  } finally {
    res.setTimeout(0);
    stream.destroy();
  }
}

function faultOf({ http }: Route, { stream, type, length }: StreamAnswer): string | undefined {
  if (!(stream instanceof Readable)) return "streams what is no stream";
  const [mediaType] = type.split(";");
  if (!http.streams?.some((each) => each === mediaType)) return `streams ${type}, which its binding does not say`;
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0)) return `streams ${length} bytes`;
  return undefined;
}

/** Until there is a first byte, or the end without one, or nobody to send it to. @throws Error of the stream */
function begun(stream: Readable, res: ServerResponse): Promise<void> {
  if (res.destroyed) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      forget();
      stream.off("readable", go);
      res.off("close", go);
      if (error) reject(error);
      else resolve();
    };
    const go = () => settle();
    const forget = finished(stream, { writable: false }, settle);
    stream.on("readable", go);
    res.on("close", go);
  });
}

async function pass(stream: Readable, length: number | undefined, res: ServerResponse): Promise<void> {
  const counted = exactly(length);
  // Either end takes the other with it, so what tells them apart is which was first.
  let [failed, left] = [false, false];
  const fail = () => {
    failed = true;
  };
  stream.on("error", fail).on("close", () => stream.readableEnded || fail());
  counted.on("error", fail);
  res.on("close", () => {
    left = !failed;
  });
  try {
    await pipeline(stream, counted, res);
  } catch (error) {
    if (!left) throw error;
  }
}
