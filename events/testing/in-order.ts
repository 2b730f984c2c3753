import { expect } from "@jest/globals";
import type { Effect } from "./bridge-rig.ts";

/** Each event of these aggregates had its effect once, and in order. */
export function expectInOrder(effects: readonly Effect[], aggregates: readonly string[], versions: number): void {
  const upTo = Array.from({ length: versions }, (_, i) => i + 1);
  const found = aggregates.map((each) => effects.filter((effect) => effect.aggregate === each).map(versionOf));
  expect(found).toEqual(aggregates.map(() => upTo));
}

const versionOf = ({ version }: Effect): number => version;
