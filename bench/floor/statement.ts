export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

type Row = Readonly<Record<string, unknown>>;

/** Each is written once: what an order costs is not to hold the making of texts. */
const texts = new Map<string, string>();

/**
 * @param rows column by column, the same columns in all of them; JSON as text
 * @param otherwise what to do instead of failing, and what to return: the same for every insert into the table
 */
export function insertRows(table: string, rows: readonly [Row, ...Row[]], otherwise = ""): Statement {
  const name = `insert_${table}_${rows.length}`;
  const text = texts.get(name) ?? `${textOf(table, rows)} ${otherwise}`;
  texts.set(name, text);
  return { name, text, values: rows.flatMap((row) => Object.values(row)) };
}

function textOf(table: string, rows: readonly [Row, ...Row[]]): string {
  const columns = Object.keys(rows[0]);
  const tuples = rows.map((_, i) => `(${columns.map((_, j) => `$${i * columns.length + j + 1}`).join(", ")})`);
  return `insert into ${table} (${columns.join(", ")}) values ${tuples.join(", ")}`;
}
