// What a question may have meant: for each of its words those of the catalog that are spelled alike, by their trigrams.
import type { Database, Statement } from "../../database/database.ts";
import type { Term } from "./search-words.ts";

/** Of all trigrams of two words, the part that both have: `procer` and `procter` have a half. */
const MIN_LIKENESS = 0.4;
/** Words less alike than the best by more than this were not meant. */
const MARGIN = 0.1;
const MAX_WORDS = 8;
const MAX_TERMS = 10;

const FIND: Statement = {
  name: "search_words_find_alike",
  text: `select term.place::int as place, alike.word, alike.likeness
    from unnest($1::text[]) with ordinality as term (spelled, place)
    cross join lateral (
      select word, similarity(known.spelled, term.spelled) as likeness from search_words known
      where known.spelled % term.spelled and similarity(known.spelled, term.spelled) >= $2::float4
      order by likeness desc, word limit $3::int) alike
    order by place, alike.likeness desc, alike.word`,
};

type Alike = { place: number; word: string; likeness: number };

/** @returns the terms with the words that are like theirs; null where there are none, or too many terms to ask about */
export async function findAlike(db: Database, terms: readonly Term[]): Promise<Term[] | null> {
  if (terms.length > MAX_TERMS || terms.every(({ spelled }) => spelled === null)) return null;
  const found = await db.query<Alike>(FIND, [terms.map(({ spelled }) => spelled), MIN_LIKENESS, MAX_WORDS]);
  if (found.length === 0) return null;
  return terms.map((term, i) => ({
    ...term,
    words: withAlike(
      term.words,
      found.filter(({ place }) => place === i + 1),
    ),
  }));
}

function withAlike(words: readonly string[], found: readonly Alike[]): string[] {
  const best = Math.max(...found.map(({ likeness }) => likeness));
  const meant = found.filter(({ likeness }) => likeness >= best - MARGIN);
  return [...new Set([...words, ...meant.map(({ word }) => word)])];
}
