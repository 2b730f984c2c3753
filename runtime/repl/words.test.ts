import { expect, test } from "@jest/globals";
import { flowWords, letterListWords, letterWords, type OwnedLetter } from "./words.ts";

const letter = (changes: Partial<OwnedLetter> = {}): OwnedLetter => ({
  service: "reports",
  id: "01900000-0000-7000-8000-000000000001",
  group: "reports-sales",
  event: { type: "orders.confirmed", subject: "mug", data: { amount: 1 } },
  attempts: 6,
  error: "no such day",
  parkedAt: "2026-03-01T12:00:00.000Z",
  ...changes,
});

test("the flow shows outboxes and consumers, and shouts where nobody consumes", () => {
  const groups = [
    { group: "reports-sales", lag: 1200, parked: 3, consuming: true },
    { group: "reports-old", lag: 0, parked: 1, consuming: false },
  ];
  const answers = [
    { service: "orders", answer: { service: "orders", unsent: 12, oldestSeconds: 4.26, groups: [] } },
    { service: "reports", answer: { service: "reports", unsent: 0, oldestSeconds: 0, groups } },
  ];

  expect(flowWords({ answers, unavailable: ["payments"] }).split("\n")).toEqual([
    "outbox of  unsent  oldest",
    "orders         12  4.3 s",
    "reports         0",
    "",
    "consumer  group          lag   parked  consuming",
    "reports   reports-sales  1200       3  yes",
    "reports   reports-old       0       1  NO",
    "",
    "gave no answer: payments",
  ]);
});

test("where nobody consumes anything, the flow says so", () => {
  expect(flowWords({ answers: [], unavailable: [] })).toMatch(/\n\nnobody consumes$/);
});

const HEADINGS = ["service", "id", "group", "type", "subject", "attempts", "parked at", "error"];
test("the list has a line per dead letter, with what is known of the event", () => {
  const unreadable = letter({ service: "notifications", event: { bytes: "AAAA", headers: {} }, attempts: 1 });

  const [headings, ...lines] = letterListWords([letter(), unreadable], []).split("\n");

  expect(headings?.split(/ {2,}/)).toEqual(HEADINGS);
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ["reports", letter().id, "reports-sales", "orders.confirmed", "mug", "6", letter().parkedAt, "no such day"],
    ["notifications", letter().id, "reports-sales", "-", "-", "1", letter().parkedAt, "no such day"],
  ]);
});

test("an error of many lines or words takes one line of the list", () => {
  const [, line] = letterListWords([letter({ error: `first\n  second ${"x".repeat(500)}` })], []).split("\n");

  expect(line).toMatch(/ {2}first second x+…$/);
  expect(line?.length).toBeLessThan(230);
});

test("an empty list says so, and names who could not be asked", () => {
  expect(letterListWords([], [])).toBe("no dead letters");
  expect(letterListWords([], ["orders", "reports"])).toBe("no dead letters\n\ngave no answer: orders, reports");
});

test("one dead letter is shown whole", () => {
  const error = `first\nsecond ${"x".repeat(500)}`;

  const words = letterWords(letter({ error }));

  for (const part of ["reports 01900000-", "reports-sales", "2026-03-01T12:00:00.000Z", error, '"amount": 1']) {
    expect(words).toContain(part);
  }
});
