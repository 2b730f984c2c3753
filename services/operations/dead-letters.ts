// The dead letters of all services as one list. Their ids are UUIDv7, so that the newest of all are the newest of each.
import { type Answers, askServices } from "../../contract/ask-services.ts";
import { DEFAULT_LIMIT, pageOf, readCursor } from "../../contract/page.ts";
import type { Caller } from "../../contract/typed.ts";
import { deadLetterNotFound, replayFailed, servicesMissing } from "./errors.ts";

export async function listDeadLetters(
  via: Caller,
  { limit = DEFAULT_LIMIT, after }: { limit?: number; after?: string },
) {
  const [id] = after === undefined ? [] : readCursor(after, ["uuid"]);
  const asked = { limit: limit + 1, ...(id === undefined ? {} : { after: String(id) }) };
  const { answers, unavailable } = await askServices(via, "deadLetters.list", asked);
  const rows = answers
    .flatMap(({ service, answer }) => answer.map((letter) => ({ service, ...letter })))
    .sort((one, other) => (one.id < other.id ? 1 : -1))
    .slice(0, limit + 1);
  return {
    ...pageOf(
      rows,
      limit,
      (row) => [row.id],
      (row) => row,
    ),
    unavailable,
  };
}

/** @throws DEAD_LETTER_NOT_FOUND (404), SERVICES_MISSING (503) when it may be at a service that is away */
export async function getDeadLetter(via: Caller, id: string) {
  const asked = await askServices(via, "deadLetters.get", { id });
  const { service, answer } = holder(asked, id, (letter) => letter !== null);
  return { service, ...(answer as NonNullable<typeof answer>) };
}

/** @throws REPLAY_FAILED (409), DEAD_LETTER_NOT_FOUND (404), SERVICES_MISSING (503) */
export async function replayDeadLetter(via: Caller, id: string) {
  const asked = await askServices(via, "deadLetters.replay", { id });
  const { answer } = holder(asked, id, ({ outcome }) => outcome !== "not_found");
  if (answer.outcome === "failed") throw replayFailed(id, answer.error ?? "");
  return { id, outcome: "applied" as const };
}

/** @throws DEAD_LETTER_NOT_FOUND (404), SERVICES_MISSING (503) */
export async function discardDeadLetter(via: Caller, id: string) {
  holder(await askServices(via, "deadLetters.discard", { id }), id, ({ discarded }) => discarded);
  return {};
}

function holder<A extends Parameters<typeof askServices>[1]>(
  { answers, unavailable }: Answers<A>,
  id: string,
  has: (answer: Answers<A>["answers"][number]["answer"]) => boolean,
) {
  const found = answers.find(({ answer }) => has(answer));
  if (found !== undefined) return found;
  throw unavailable.length > 0 ? servicesMissing(unavailable) : deadLetterNotFound(id);
}
