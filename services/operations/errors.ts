import { refusal } from "../../contract/contract.ts";
import { operations } from "./operations.contract.ts";

export const deadLetterNotFound = (id: string) => refusal(operations, "dead_letter_not_found", undefined, { id });
export const replayFailed = (id: string, reason: string) =>
  refusal(operations, "replay_failed", `It failed again: ${reason}`, { id, reason });
export const servicesMissing = (services: readonly string[]) =>
  refusal(operations, "services_missing", `Not to be asked now: ${services.join(", ")}`, { services, retryAfter: 5 });
