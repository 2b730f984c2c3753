// Imports products by the thousand. Each item is all or nothing and stands alone: a bad one costs nobody else. Items go in
// chunks, one transaction of a handful of statements each; a chunk that loses a race is tried again, then in halves, until
// only the guilty item is refused. Running the same import again changes nothing.
import type { Database } from "../../../database/database.ts";
import { isBadInput } from "../../../database/postgres-errors.ts";
import { lockNamed } from "../load-products.ts";
import { slugFrom } from "../make-slug.ts";
import type { Occasion } from "../product-events.ts";
import { nameClash, StaleStateError, saveProducts } from "../save-products.ts";
import { type Candidate, checkItems, type RawItem, type RowError } from "./check-items.ts";
import { resolveItems } from "./resolve-items.ts";

export interface ImportResult {
  /** Items, also of a CSV: there an item is a product, however many rows it has. */
  accepted: number;
  rejected: number;
  /** One for each rejected item, in order. */
  errors: RowError[];
}

const CHUNK_ITEMS = 500;
const CHUNK_VARIANTS = 2_000;

/** @throws only when the database fails; the chunks before then stand, and the same import may be sent again */
export async function importProducts(db: Database, raw: readonly RawItem[], occasion: Occasion): Promise<ImportResult> {
  const { candidates, errors } = checkItems(raw);
  const taken = { ids: new Set<string>(), slugs: new Set(candidates.flatMap(({ item }) => item.slug ?? [])) };

  /** One transaction; its products count as taken once it has committed. */
  const store = async (chunk: readonly Candidate[]): Promise<RowError[]> => {
    const { ids, errors } = await db.transaction(async (tx) => {
      const slugs = chunk.map(({ item }) => item.slug ?? slugFrom(item.title));
      const skus = chunk.flatMap(({ item }) => item.variants.map((variant) => variant.sku));
      const resolution = resolveItems(chunk, await lockNamed(tx, slugs, skus), taken, occasion.now);
      await saveProducts(tx, resolution.changes, occasion);
      return resolution;
    });
    for (const id of ids) taken.ids.add(id);
    return errors;
  };

  for (const chunk of chunksOf(candidates)) errors.push(...(await storeAlone(chunk, store)));
  errors.sort((one, other) => one.row - other.row);
  return { accepted: raw.length - errors.length, rejected: errors.length, errors };
}

type Store = (chunk: readonly Candidate[]) => Promise<RowError[]>;

async function storeAlone(chunk: readonly Candidate[], store: Store): Promise<RowError[]> {
  // Whoever won the race has committed by now: mostly the second look sees it and the whole chunk passes.
  const attempt = () =>
    store(chunk).catch((error: unknown) => {
      if (lostRace(error)) return error;
      throw error;
    });
  let outcome: RowError[] | Error = await attempt();
  if (!Array.isArray(outcome)) outcome = await attempt();
  if (Array.isArray(outcome)) return outcome;
  const [only, ...others] = chunk;
  if (only && others.length === 0) return [refused(only, outcome)];
  const middle = Math.ceil(chunk.length / 2);
  return [...(await storeAlone(chunk.slice(0, middle), store)), ...(await storeAlone(chunk.slice(middle), store))];
}

const lostRace = (error: unknown): error is Error => error instanceof StaleStateError || isBadInput(error);

function refused({ row }: Candidate, error: unknown): RowError {
  if (nameClash(error) === "sku") return { row, code: "sku_taken", message: "Another product has one of the SKUs" };
  if (nameClash(error) === "slug") return { row, code: "slug_taken", message: "Another product has the slug" };
  return { row, code: "not_stored", message: "The item could not be stored; it may pass when sent again" };
}

function* chunksOf(candidates: readonly Candidate[]): Generator<Candidate[]> {
  let chunk: Candidate[] = [];
  let variants = 0;
  for (const candidate of candidates) {
    const more = candidate.item.variants.length;
    if (chunk.length > 0 && (chunk.length >= CHUNK_ITEMS || variants + more > CHUNK_VARIANTS)) {
      yield chunk;
      chunk = [];
      variants = 0;
    }
    chunk.push(candidate);
    variants += more;
  }
  if (chunk.length > 0) yield chunk;
}
