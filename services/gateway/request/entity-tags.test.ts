import { expect, test } from "@jest/globals";
import { parseEntityTags } from "./entity-tags.ts";

test.each([
  ["*", "*"],
  ['"3"', [{ weak: false, opaque: "3" }]],
  ['W/"3"', [{ weak: true, opaque: "3" }]],
  [
    '"3", W/"a,b" ,"",',
    [
      { weak: false, opaque: "3" },
      { weak: true, opaque: "a,b" },
      { weak: false, opaque: "" },
    ],
  ],
])("%s is read", (header, tags) => {
  expect(parseEntityTags(header)).toEqual(tags);
});

test.each(["", "3", '"3', '"3" "4"', 'w/"3"', '*, "3"', '"3", four', '"3\u0000"'])(
  "%j is no list of tags",
  (header) => {
    expect(parseEntityTags(header)).toBeUndefined();
  },
);

test("a long list that is none is refused in no time", () => {
  const from = performance.now();

  expect(parseEntityTags(`${'"a", '.repeat(3_000)}x`)).toBeUndefined();
  expect(parseEntityTags(`${" ,\t".repeat(5_000)}x`)).toBeUndefined();
  expect(performance.now() - from).toBeLessThan(200);
});
