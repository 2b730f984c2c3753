// What a database's rows are like, whatever their ids, amounts and times are.
import type { Database } from "../../../database/database.ts";

/** Columns whose values are few and mean something. */
const ENUMERABLE = /(^|_)(status|type|version)$/;

/** A line for each table that has rows, and one for each of its columns that is not null: where, and with what. */
export async function describeRows(name: string, db: Database): Promise<string[]> {
  const tables = await db.query<{ table: string }>({
    name: "test_tables",
    text: `select relname::text as table from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      and relname <> 'schema_migrations' order by relname`,
  });
  const lines: string[] = [];
  for (const { table } of tables) {
    const rows = await db.query({ name: `test_rows_${table}`, text: `select * from ${table}` });
    lines.push(...describeTable(`${name}.${table}`, rows));
  }
  return lines;
}

function describeTable(table: string, rows: readonly Record<string, unknown>[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = Object.keys(first).sort();
  const lines = columns.flatMap((column) => {
    const values = rows.map((row) => row[column]).filter((value) => value !== null);
    return values.length === 0 ? [] : [`${table}.${column}: ${describeValues(column, values)}`];
  });
  return [`${table}: ${rows.length} rows`, ...lines];
}

function describeValues(column: string, values: unknown[]): string {
  if (ENUMERABLE.test(column)) return values.sort().join(", ");
  const documents = values.filter(isJson).map((document) => `{${leavesOf(document).join(" ")}}`);
  return [`in ${values.length}`, ...documents.sort()].join(", ");
}

const isJson = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !(value instanceof Date);

/** As paths; those that the elements of a list share are named once. */
function leavesOf(document: object, path = ""): string[] {
  const leaves = Object.entries(document).flatMap(([key, value]) => {
    const inside = Array.isArray(document) ? path : [path, key].filter(Boolean).join(".");
    return isJson(value) ? leavesOf(value, inside) : [inside];
  });
  return [...new Set(leaves)].sort();
}
