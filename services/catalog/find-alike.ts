// What a question may have meant: for each of its words those of the catalog that are the fewest slips away. Trigrams find the
// candidates by an index; they alone would take `process` for "procter" as readily as `procer`.
import type { Database, Statement } from "../../database/database.ts";
import type { Term } from "./search-words.ts";
import { mayMean, slipsBetween } from "./slips-between.ts";

const MAX_CANDIDATES = 20;
const MAX_TERMS = 10;

const FIND: Statement = {
  name: "search_words_find_alike",
  text: `select term.place::int as place, alike.word, alike.spelled
    from unnest($1::text[]) with ordinality as term (spelled, place)
    cross join lateral (
      select word, known.spelled from search_words known where known.spelled % term.spelled
      order by similarity(known.spelled, term.spelled) desc, word limit $2::int) alike`,
};

type Candidate = { place: number; word: string; spelled: string };

/** @returns the terms with the words that are like theirs; null where there are none, or too many terms to ask about */
export async function findAlike(db: Database, terms: readonly Term[]): Promise<Term[] | null> {
  if (terms.length > MAX_TERMS || terms.every(({ spelled }) => spelled === null)) return null;
  const found = await db.query<Candidate>(FIND, [terms.map(({ spelled }) => spelled), MAX_CANDIDATES]);
  const alike = terms.map((term, i) =>
    nearest(
      term,
      found.filter(({ place }) => place === i + 1),
    ),
  );
  return alike.every((words) => words.length === 0)
    ? null
    : terms.map((term, i) => ({ ...term, words: [...new Set([...term.words, ...(alike[i] ?? [])])] }));
}

function nearest({ spelled, words: [typed] }: Term, candidates: readonly Candidate[]): string[] {
  if (spelled === null) return [];
  // The word itself may be known: from a product that does not have the others, or that the asker may not see.
  const others = candidates.filter(({ word }) => word !== typed);
  const slips = others.map((other) => slipsBetween(spelled, other.spelled));
  const fewest = Math.min(...slips.filter((count) => mayMean(spelled, count)));
  return others.filter((_, i) => slips[i] === fewest).map(({ word }) => word);
}
