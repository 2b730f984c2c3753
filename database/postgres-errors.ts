// Postgres error codes that the code branches on, by meaning.
import { DatabaseError } from "pg";

/** The whole transaction may be run again: it was rolled back for the sake of another one. */
const RETRYABLE = new Set(["40001", "40P01"]);
/** The statement can never succeed with this input: integrity violations and data exceptions. */
const BAD_INPUT = /^(22|23)/;

/** Connection exceptions, insufficient resources, operator intervention. */
const OUTAGE = /^(08|53|57)/;
const LOST = /SequelizeConnection|ECONN|EPIPE|Connection terminated|connection error/;

const codeOf = (error: unknown): string | undefined => (error instanceof DatabaseError ? error.code : undefined);

export const isRetryable = (error: unknown): boolean => RETRYABLE.has(codeOf(error) ?? "");

/** The server itself said no, so that the statement had no effect. */
export const isRefusal = (error: unknown): boolean => error instanceof DatabaseError && !isOutage(error);

/** Refused only because an earlier statement of the transaction had failed. */
export const isAftermath = (error: unknown): boolean => codeOf(error) === "25P02";

/** True when the input broke a constraint, so that asking again is pointless. */
export const isBadInput = (error: unknown): boolean => BAD_INPUT.test(codeOf(error) ?? "");

/** The server or the way to it failed, so that the same request would fare no better alone. */
export const isOutage = (error: unknown): boolean =>
  error instanceof UnknownCommitError ||
  OUTAGE.test(codeOf(error) ?? "") ||
  (error instanceof Error && !(error instanceof DatabaseError) && LOST.test(`${error.name} ${error.message}`));

/** The name of the constraint that an error reports, if it reports one. */
export const violatedConstraint = (error: unknown): string | undefined =>
  error instanceof DatabaseError && error.code?.startsWith("23") ? error.constraint : undefined;

/**
 * The connection was lost while COMMIT was on its way: the transaction happened or it did not.
 * Ask by the command's own id; running it again blindly would be a guess.
 */
export class UnknownCommitError extends Error {
  constructor(cause: unknown) {
    super("the connection was lost during COMMIT, its outcome is unknown", { cause });
  }
}
