import { expect, test } from "@jest/globals";
import { type IfVersion, isWantedVersion } from "./versions.ts";

test.each<[IfVersion, boolean]>([
  [3, true],
  [2, false],
  [[1, 3], true],
  [[1, 2], false],
  [[], false],
  ["*", true],
])("where %j is wanted, version 3 is the one: %s", (condition, is) => {
  expect(isWantedVersion(condition, 3)).toBe(is);
});
