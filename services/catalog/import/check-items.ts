// The first sieve of an import, without the database: each item against the schema, then the items against each other.
import { compile, type FieldError } from "../../../contract/compile.ts";
import { ImportItem } from "../catalog.contract.ts";
import { doubleSku } from "../product-state.ts";
import { inPortions } from "./in-portions.ts";

/** Something to say about a row. */
export interface Notice {
  row: number;
  code: string;
  message: string;
}

/** What somebody sent as an item: anything. */
export interface RawItem {
  row: number;
  item: unknown;
  /** Of a CSV, where each variant has a row of its own. */
  variantRows?: readonly number[];
  /** What was wrong with it already when it was read. */
  refused?: Notice | null;
}

export interface Candidate {
  row: number;
  item: ImportItem;
}

const check = compile(ImportItem);

/** @returns the items that are sound, and one error for each other one */
export async function checkItems(raw: readonly RawItem[]): Promise<{ candidates: Candidate[]; errors: Notice[] }> {
  const candidates: Candidate[] = [];
  const errors: Notice[] = [];
  const slugs = new Set<string>();
  const skus = new Set<string>();
  await inPortions(raw, (each) => {
    const error = each.refused ?? formError(each) ?? twinError(each as Candidate, slugs, skus);
    if (error !== null) {
      errors.push(error);
      return;
    }
    const item = each.item as ImportItem;
    if (item.slug !== undefined) slugs.add(item.slug);
    for (const { sku } of item.variants) skus.add(sku);
    candidates.push({ row: each.row, item });
  });
  return { candidates, errors };
}

function formError({ row, item, variantRows }: RawItem): Notice | null {
  const problems = check(item);
  const [first] = problems;
  if (first) {
    const [, index] = /^\/variants\/(\d+)/.exec(first.pointer) ?? [];
    return {
      row: variantRows?.[Number(index)] ?? row,
      code: CODES.find(([place]) => place.test(first.pointer))?.[1] ?? "validation_failed",
      message: problems.slice(0, 5).map(sentence).join("; "),
    };
  }
  const { variants } = item as ImportItem;
  const twice = doubleSku(variants);
  if (twice === undefined) return null;
  const at = variants.findLastIndex(({ sku }) => sku === twice);
  return { row: variantRows?.[at] ?? row, code: "duplicate_in_import", message: `The SKU ${twice} is there twice` };
}

/** What is wrong there has a code of its own. */
const CODES: readonly [place: RegExp, code: string][] = [
  [/\/price\/amount$/, "invalid_price"],
  [/\/price\/currency$/, "unknown_currency"],
];

const sentence = ({ pointer, message }: FieldError) => `${pointer.slice(1) || "the item"} ${message}`.slice(0, 200);

/** Of two items that name the same thing the first stands: which of them was meant, nobody can tell. */
function twinError({ row, item }: Candidate, slugs: Set<string>, skus: Set<string>): Notice | null {
  const code = "duplicate_in_import";
  if (item.slug !== undefined && slugs.has(item.slug)) {
    return { row, code, message: `The slug ${item.slug} is there twice` };
  }
  const twin = item.variants.find(({ sku }) => skus.has(sku));
  return twin ? { row, code, message: `The SKU ${twin.sku} is there twice` } : null;
}
