// Gathers what arrives while a batch is under way and runs it as the next batch. There is no timer: a request that finds
// nobody before it starts at once, alone; under load the batches grow by themselves.
import { Errors } from "moleculer";
import { isOutage } from "./postgres-errors.ts";

export interface GatherOptions {
  /** Most requests in one batch. */
  batch?: number;
  /** Most requests that may wait; one more is refused with 503, which costs less than letting it time out. */
  queue?: number;
}

interface Waiting<Request, Answer> {
  request: Request;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * @param run takes a batch and answers each request by itself, in order: with its answer, or with an Error for this one
 *   alone. It must be one transaction: when it throws, nothing of the batch has happened.
 * @returns a function that runs one request; a batch that throws is tried again one by one, so that nobody pays for a
 *   neighbour, unless it was the database that failed
 */
export function gather<Request, Answer>(
  run: (requests: readonly Request[]) => Promise<readonly (Answer | Error)[]>,
  { batch = 128, queue = 4_096 }: GatherOptions = {},
): (request: Request) => Promise<Answer> {
  const waiting: Waiting<Request, Answer>[] = [];
  let busy = false;

  async function settle(members: readonly Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await run(members.map((member) => member.request));
      members.forEach((member, i) => {
        const answer = answers[i] as Answer | Error;
        if (answer instanceof Error) member.reject(answer);
        else member.resolve(answer);
      });
    } catch (error) {
      if (members.length === 1 || isOutage(error)) for (const member of members) member.reject(error);
      else for (const member of members) await settle([member]);
    }
  }

  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) await settle(waiting.splice(0, batch));
    busy = false;
  }

  return (request) =>
    new Promise<Answer>((resolve, reject) => {
      if (waiting.length >= queue) {
        reject(new Errors.MoleculerServerError("Too many requests are waiting", 503, "OVERLOADED"));
        return;
      }
      waiting.push({ request, resolve, reject });
      if (!busy) void drain();
    });
}
