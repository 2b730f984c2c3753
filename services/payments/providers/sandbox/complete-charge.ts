// The customer's answer to a charge that waits for it: given once, and then it stands.
import type { Database, Statement } from "../../../../database/database.ts";
import type { CustomerAnswer } from "./sandbox.contract.ts";

export interface Completion {
  id: string;
  key: string;
  status: "authorized" | "declined";
  completedAt: Date;
}

const COMPLETE: Statement = {
  name: "sandbox_complete",
  text: `update charges set status = $2, decline_code = $3, completed_at = $4, updated_at = $4
    where key = $1 and status = 'action_required'
    returning id, key, status, completed_at as "completedAt"`,
};
const COMPLETED: Statement = {
  name: "sandbox_completed",
  text: `select id, key, status, completed_at as "completedAt" from charges
    where key = $1 and status = $2 and completed_at is not null`,
};

/** @returns the completion, new or as it was found; undefined when the charge does not wait, or was answered otherwise */
export async function completeCharge(
  db: Database,
  { key, answer, now }: { key: string; answer: CustomerAnswer; now: Date },
): Promise<Completion | undefined> {
  const [status, declineCode] =
    answer === "approved" ? (["authorized", null] as const) : (["declined", "authentication_failed"] as const);
  const [completion] = await db.query<Completion>(COMPLETE, [key, status, declineCode, now]);
  return completion ?? (await db.query<Completion>(COMPLETED, [key, status]))[0];
}
