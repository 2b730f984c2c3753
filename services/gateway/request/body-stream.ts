// A body that is not read here but handed on, as it comes. It is bounded like any other, and holds the client back while
// whoever takes it is slow.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { refuse } from "../errors.ts";
import { discardBody, tooLarge } from "./body.ts";

export class BodyStream extends Readable {
  /** Why it could not come to its end, where that lies with the client: then this is the answer, whatever the action says. */
  failure?: Error;
  readonly #req: IncomingMessage;
  readonly #limit: number;
  #size = 0;

  constructor(req: IncomingMessage, limit: number) {
    super();
    this.#req = req;
    this.#limit = limit;
    // Whoever should listen may have stopped already, and an error that nobody hears ends the process.
    this.on("error", () => {});
    // Not through `pipe` or `pipeline`: they would end the connection with the stream, and no answer could be sent.
    req.pause();
    req.on("data", this.#take).on("end", this.#end).on("error", this.#gone).on("close", this.#gone);
  }

  override _read(): void {
    this.#req.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#letGo();
    done(error);
  }

  /** Nothing more is wanted of it: whoever still reads is told, and what still comes is thrown away. */
  release(): void {
    if (!this.readableEnded) this.destroy(new Error("The request was answered before its body had ended"));
    discardBody(this.#req);
  }

  #letGo(): void {
    this.#req.off("data", this.#take).off("end", this.#end).off("error", this.#gone).off("close", this.#gone);
  }

  #fail(failure: Error): void {
    this.failure = failure;
    this.destroy(failure);
  }

  readonly #take = (chunk: Buffer): void => {
    this.#size += chunk.length;
    if (this.#size > this.#limit) this.#fail(tooLarge(this.#limit));
    else if (!this.push(chunk)) this.#req.pause();
  };
  readonly #end = (): void => {
    this.#letGo();
    this.push(null);
  };
  readonly #gone = (): void => this.#fail(refuse("bad_request"));
}

/** The body as a stream. @throws PAYLOAD_TOO_LARGE (413) where its length says so already */
export function openBody(req: IncomingMessage, limit: number): BodyStream {
  if (Number(req.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  return new BodyStream(req, limit);
}
