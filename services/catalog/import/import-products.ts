// Imports products by the thousand. Each item is all or nothing and stands alone: a bad one costs nobody else. Items go in
// chunks, one transaction of a handful of statements each; a chunk that loses a race is tried again, then in halves, until
// only the guilty item is refused. Running the same import again changes nothing. A dry run does all of it but the writing.
import type { Database } from "../../../database/database.ts";
import { isBadInput } from "../../../database/postgres-errors.ts";
import type { ImportResult } from "../catalog.contract.ts";
import { lockNamed } from "../load-products.ts";
import { slugFrom } from "../make-slug.ts";
import type { Occasion } from "../product-events.ts";
import { nameClash, StaleStateError, saveProducts } from "../save-products.ts";
import { answerImport } from "./answer-import.ts";
import { type Candidate, checkItems, type Notice, type RawItem } from "./check-items.ts";
import { changesOf, type Resolution, resolveItems, type Settled } from "./resolve-items.ts";

const CHUNK_ITEMS = 500;
const CHUNK_VARIANTS = 2_000;

/**
 * @param dryRun answers what would become of the items, and writes nothing
 * @throws only when the database fails; the chunks before then stand, and the same import may be sent again
 */
export async function importProducts(
  db: Database,
  raw: readonly RawItem[],
  dryRun: boolean,
  occasion: Occasion,
): Promise<ImportResult> {
  const { candidates, errors } = await checkItems(raw);
  const settled: Settled[] = [];
  const taken = {
    ids: new Set<string>(),
    titles: new Set<string>(),
    slugs: new Set(candidates.flatMap(({ item }) => item.slug ?? [])),
    namedSlugs: new Map(candidates.flatMap(({ item: { title, slug } }) => (slug === undefined ? [] : [[title, slug]]))),
  };

  /** One transaction; its products count as taken once it has committed. */
  const store = async (chunk: readonly Candidate[]): Promise<void> => {
    const resolution = await db.transaction(async (tx) => {
      const resolution = resolveItems(chunk, await lockNamed(tx, namesOf(chunk)), taken, occasion.now);
      if (!dryRun) await saveProducts(tx, changesOf(resolution), occasion);
      return resolution;
    });
    settle(resolution);
  };
  const settle = (resolution: Resolution) => {
    for (const { before, after } of resolution.settled) {
      taken.ids.add(after.id);
      taken.slugs.add(after.slug);
      if (before) taken.titles.add(before.title);
    }
    settled.push(...resolution.settled);
    errors.push(...resolution.errors);
  };

  for (const chunk of chunksOf(candidates)) errors.push(...(await storeAlone(chunk, store)));
  return answerImport(raw, settled, errors, dryRun);
}

const namesOf = (chunk: readonly Candidate[]) => ({
  slugs: chunk.map(({ item }) => item.slug ?? slugFrom(item.title)),
  skus: chunk.flatMap(({ item }) => item.variants.map(({ sku }) => sku)),
  titles: chunk.flatMap(({ item }) => (item.slug === undefined ? item.title : [])),
});

type Store = (chunk: readonly Candidate[]) => Promise<void>;

/** @returns an error for each item that lost its races to the end */
async function storeAlone(chunk: readonly Candidate[], store: Store): Promise<Notice[]> {
  // Whoever won the race has committed by now: mostly the second look sees it and the whole chunk passes.
  const attempt = () =>
    store(chunk).catch((error: unknown) => {
      if (lostRace(error)) return error;
      throw error;
    });
  const lost = (await attempt()) && (await attempt());
  if (!lost) return [];
  const [only, ...others] = chunk;
  if (only && others.length === 0) return [refused(only, lost)];
  const middle = Math.ceil(chunk.length / 2);
  return [...(await storeAlone(chunk.slice(0, middle), store)), ...(await storeAlone(chunk.slice(middle), store))];
}

const lostRace = (error: unknown): error is Error => error instanceof StaleStateError || isBadInput(error);

function refused({ row }: Candidate, error: unknown): Notice {
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
