import type { Answer } from "./http-client.ts";

type Problem = { code?: string; title?: string; detail?: string; requestId?: string; errors?: unknown[] };

/** The API answered, and the answer is no: the facts of its problem document. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  readonly code: string | undefined;

  constructor(what: string, answer: Answer) {
    const problem = (answer.body ?? {}) as Problem;
    const facts = [
      `${answer.status}${problem.code ? ` ${problem.code}` : ""}`,
      problem.detail ?? problem.title,
      problem.errors?.length ? JSON.stringify(problem.errors.slice(0, 3)) : undefined,
      problem.requestId ? `(request ${problem.requestId})` : undefined,
    ];
    super(`${what} answered ${facts.filter(Boolean).join(" ")}`);
    this.status = answer.status;
    this.code = problem.code;
  }
}

/** The machine-readable code of a problem answer. */
export function problemCode(answer: Answer): string | undefined {
  return (answer.body as Problem | undefined)?.code;
}
