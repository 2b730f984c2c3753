// Keyset pages: a cursor holds the sort values of the last row seen, so a page costs the same however deep it lies
// and rows that arrive meanwhile shift nothing.
import { invalidCursor } from "./refusals.ts";

export const DEFAULT_LIMIT = 25;

export interface Page<T> {
  data: T[];
  page: { hasMore: boolean; nextCursor: string | null };
}

/**
 * @param rows up to `limit + 1` rows in order: the one too many only tells that there are more
 * @param keyOf the sort values of a row, in the order of the query's `order by`
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number)[],
  present: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    data: shown.map(present),
    page: { hasMore, nextCursor: hasMore ? Buffer.from(JSON.stringify(keyOf(last))).toString("base64url") : null },
  };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FITS = {
  // What the database would refuse, NUL in a text or a text where an id belongs, is no cursor of ours either.
  string: (value: unknown) => typeof value === "string" && !value.includes("\0"),
  number: (value: unknown) => Number.isFinite(value),
  integer: (value: unknown) => Number.isSafeInteger(value),
  uuid: (value: unknown) => typeof value === "string" && UUID.test(value),
};

export type CursorKind = keyof typeof FITS;

/**
 * The sort values that a cursor holds.
 * @param shape the expected kinds, in order
 * @throws INVALID_CURSOR (422) for anything that no page of this kind gave out
 */
export function readCursor(cursor: string, shape: readonly CursorKind[]): (string | number)[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (
      Array.isArray(values) &&
      values.length === shape.length &&
      values.every((value, i) => FITS[shape[i] as CursorKind](value))
    ) {
      return values;
    }
  } catch {
    // Falls through to the one refusal that every broken cursor gets.
  }
  throw invalidCursor();
}
