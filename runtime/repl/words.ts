// What the REPL's commands say. Pure: answers in, text out.

import type { Answers } from "../../contract/ask-services.ts";
import type { BridgeResult } from "../../contract/bridge-actions.ts";
import { table } from "./table.ts";

type Letter = BridgeResult<"deadLetters.list">[number];
export type OwnedLetter = Letter & { service: string };

const LONGEST_ERROR = 60;

export const awayWords = (unavailable: readonly string[]): string[] =>
  unavailable.length === 0 ? [] : ["", `gave no answer: ${unavailable.join(", ")}`];

/** What waits in every outbox, and below it how far everyone who consumes is. */
export function flowWords({ answers, unavailable }: Answers<"bridge.flow">): string {
  const outboxes = answers.map(({ service, answer: { unsent, oldestSeconds } }) => [
    service,
    unsent,
    unsent === 0 ? "" : `${oldestSeconds.toFixed(1)} s`,
  ]);
  const groups = answers.flatMap(({ service, answer }) =>
    answer.groups.map(({ group, lag, parked, consuming }) => [service, group, lag, parked, consuming ? "yes" : "NO"]),
  );
  return [
    table(["outbox of", "unsent", "oldest"], outboxes),
    "",
    groups.length === 0 ? "nobody consumes" : table(["consumer", "group", "lag", "parked", "consuming"], groups),
    ...awayWords(unavailable),
  ].join("\n");
}

export function letterListWords(letters: readonly OwnedLetter[], unavailable: readonly string[]): string {
  const rows = letters.map(({ service, id, group, event, attempts, error, parkedAt }) => [
    service,
    id,
    group,
    textOf(event.type),
    textOf(event.subject),
    attempts,
    parkedAt,
    shorten(error),
  ]);
  const headings = ["service", "id", "group", "type", "subject", "attempts", "parked at", "error"];
  const list = rows.length === 0 ? "no dead letters" : table(headings, rows);
  return [list, ...awayWords(unavailable)].join("\n");
}

/** All of one, the event as JSON. */
export function letterWords({ service, id, group, event, attempts, error, parkedAt }: OwnedLetter): string {
  return [
    `${service} ${id}`,
    `group      ${group}`,
    `attempts   ${attempts}`,
    `parked at  ${parkedAt}`,
    `error      ${error}`,
    JSON.stringify(event, undefined, 2),
  ].join("\n");
}

/** What is no event has neither type nor subject. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : "-");

const shorten = (error: string): string => {
  const line = error.replaceAll(/\s+/g, " ");
  return line.length > LONGEST_ERROR ? `${line.slice(0, LONGEST_ERROR - 1)}…` : line;
};
