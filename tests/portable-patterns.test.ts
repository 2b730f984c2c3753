// The patterns that are published are read by programs in other languages than ours. They say the same in each: in ECMA-262
// without Unicode properties, in Python's `re` and in Go's RE2.
import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { actionContracts, contracts } from "../contract/contracts.ts";
import { eventsOf } from "../contract/events/event-catalogue.ts";
import { asyncApiDocument } from "../services/gateway/asyncapi/document.ts";
import { openApiDocument } from "../services/gateway/openapi/document.ts";
import { collectRoutes } from "../services/gateway/routes.ts";

const SOURCES = {
  "the OpenAPI document": openApiDocument(collectRoutes(contracts)),
  "the AsyncAPI document": asyncApiDocument(eventsOf(contracts)),
  "the contracts": [...actionContracts.values()].map(({ params, result }) => ({
    params: { properties: params },
    result,
  })),
};

/** Every `pattern`, and the names of `patternProperties`, which are patterns as well. */
function patternsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { pattern, patternProperties } = value as { pattern?: unknown; patternProperties?: object };
  return [
    ...(typeof pattern === "string" ? [pattern] : []),
    ...Object.keys(patternProperties ?? {}),
    ...Object.values(value).flatMap(patternsIn),
  ];
}

const NOT_PORTABLE: [what: string, mark: RegExp][] = [
  ["a property of Unicode, which few know", /\\p/i],
  ["a look around, which RE2 has not", /\(\?<?[=!]/],
  ["a named group, which each writes otherwise", /\(\?P?</],
  ["a flag inside the pattern", /\(\?[a-z-]+[:)]/],
  ["a reference back, which RE2 has not", /\\[1-9]/],
  // All know \x1f, which keeps what cannot be seen readable.
  [
    "an escape of a code point, which each writes otherwise: the character itself is meant",
    /\\(?:u|0|x(?![0-9a-f]{2}))/,
  ],
  ["a class that means more characters in Python than elsewhere", /\\[dDwWsSbB]/],
  ["an end of the text that ECMA-262 does not know", /\\[AzZ]/],
  ["a possessive quantifier or an atomic group", /[+*?}]\+|\(\?>/],
];

test.each(Object.entries(SOURCES))("%s has portable patterns alone", (_name, source) => {
  const patterns = [...new Set(patternsIn(source))];

  const faults = patterns.flatMap((pattern) =>
    NOT_PORTABLE.filter(([, mark]) => mark.test(pattern)).map(([what]) => `${pattern} has ${what}`),
  );

  expect(patterns.length).toBeGreaterThan(5);
  expect(faults).toEqual([]);
});

const python = spawnSync("python3", ["--version"]).status === 0;

(python ? test : test.skip)("Python compiles every one of them", () => {
  const patterns = [...new Set(Object.values(SOURCES).flatMap(patternsIn))];
  const program = "import json, re, sys; [re.compile(each) for each in json.load(sys.stdin)]";

  const { status, stderr } = spawnSync("python3", ["-W", "error", "-c", program], { input: JSON.stringify(patterns) });

  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
});
