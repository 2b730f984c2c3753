// The one call behind a route, from its parameters to the last byte of its answer.
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { sendResult } from "./answer/send-result.ts";
import type { Request } from "./gateway-types.ts";

/**
 * Settles when the answer is on its way to the client; one that is a stream, when it has ended.
 * @param silence milliseconds for which a stream that is answered may stand still
 * @throws what the action throws; where its body did not come to its end, why not
 */
export async function serveAction(req: Request, res: ServerResponse, silence: number): Promise<void> {
  const { $params: params = {}, $exchange } = req;
  const { route, body } = $exchange;
  if (route === undefined) throw new Error("A route without a contract is never called");
  const { preferAsync } = route.http;
  let result: unknown;
  try {
    result = await req.$ctx.call(req.$endpoint, params, body && { stream: body });
    if (body?.failure !== undefined) throw body.failure;
    await sendResult(route, req, res, result, {
      preferAsync: preferAsync !== undefined && params[preferAsync] === true,
      silence,
    });
  } catch (error) {
    throw body?.failure ?? error;
  } finally {
    // Whatever happened, nobody goes on filling a stream that nobody reads.
    if (result instanceof Readable) result.on("error", () => {}).destroy();
    body?.release();
  }
}
