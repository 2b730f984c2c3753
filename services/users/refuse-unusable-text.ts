import { unusableText } from "../../contract/refusals.ts";
import { isBadInput, violatedConstraint } from "../../database/postgres-errors.ts";

/**
 * Waits for a write of what people typed.
 * @throws UNUSABLE_TEXT (422) where Postgres refuses characters that a valid JSON text may hold (NUL, half a surrogate)
 */
export async function refuseUnusableText<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw isBadInput(error) && violatedConstraint(error) === undefined ? unusableText() : error;
  }
}
