// What an import answers: the sums, each row by what became of it, and what there is to say of some.
import type { ImportResult } from "../catalog.contract.ts";
import type { Notice, RawItem } from "./check-items.ts";
import type { Settled } from "./resolve-items.ts";

/** Every item is settled or has an error. Pure. */
export function answerImport(
  raw: readonly RawItem[],
  settled: readonly Settled[],
  errors: readonly Notice[],
  dryRun: boolean,
): ImportResult {
  const byItem = new Map(settled.map((each) => [each.row, outcomeOf(each)]));
  return {
    dryRun,
    accepted: settled.length,
    rejected: errors.length,
    errors: errors.toSorted(byRow),
    warnings: settled.filter(staysArchived).map(archivedStill).toSorted(byRow),
    rows: raw
      .flatMap(({ row, variantRows = [row] }) => {
        const outcome = byItem.get(row) ?? { outcome: "error" as const };
        return variantRows.map((line) => ({ row: line, ...outcome }));
      })
      .sort(byRow),
  };
}

const byRow = (one: { row: number }, other: { row: number }) => one.row - other.row;

const outcomeOf = ({ before, after }: Settled) => ({
  outcome: before === null ? ("created" as const) : before === after ? ("unchanged" as const) : ("updated" as const),
  slug: after.slug,
});

const staysArchived = ({ item, before, after }: Settled) =>
  before !== null && after.status === "ARCHIVED" && item.status === undefined;

const archivedStill = ({ row, after }: Settled): Notice => ({
  row,
  code: "stays_archived",
  message: `The product ${after.slug} stays archived and is not sold; the status ACTIVE brings it back`,
});
