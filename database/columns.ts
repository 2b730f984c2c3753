// A table's columns, each written once: what SQL inserts, what the models read and what TypeScript checks follow from one list.
import { DataTypes, type ModelAttributes } from "sequelize";
import type { Statement } from "./database.ts";

/** A type of Postgres; with `?` for a column that may be null. */
type BaseType = "uuid" | "text" | "int" | "bigint" | "boolean" | "jsonb" | "timestamptz";
export type ColumnType = BaseType | `${BaseType}?`;
/** Property in camelCase -> type of the column, whose name is the same in snake_case. */
export type Columns = Readonly<Record<string, ColumnType>>;

interface Stored {
  uuid: string;
  text: string;
  int: number;
  /** As it arrives: a bigint may be larger than a number holds exactly. */
  bigint: string;
  boolean: boolean;
  jsonb: unknown;
  timestamptz: Date;
}
type StoredAs<T> = T extends `${infer B extends BaseType}?` ? Stored[B] | null : T extends BaseType ? Stored[T] : never;
type Given<T> = T extends "bigint" ? number : T extends "bigint?" ? number | null : StoredAs<T>;

/** A row as it is read. */
export type RowOf<C extends Columns> = { -readonly [P in keyof C]: StoredAs<C[P]> };
/** A row as it is written: amounts are exact numbers. */
export type NewRowOf<C extends Columns> = { readonly [P in keyof C]: Given<C[P]> };

const baseOf = (type: ColumnType): BaseType => type.replace("?", "") as BaseType;
export const columnOf = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Inserts any number of rows by one statement, whose text does not depend on their number. It is named after its table, so
 * a table has one such list of columns: with a second, the connection refuses the name.
 * @param ending what follows the rows, such as `on conflict do nothing`
 */
export function insertInto<C extends Columns>(
  table: string,
  columns: C,
  ending = "",
): (rows: readonly NewRowOf<C>[]) => [Statement, unknown[]] {
  const names = Object.keys(columns).map(columnOf).join(", ");
  const arrays = Object.values(columns).map((type, i) => `$${i + 1}::${baseOf(type)}[]`);
  const statement = {
    name: `${table}_insert`,
    text: `insert into ${table} (${names}) select * from unnest(${arrays.join(", ")}) ${ending}`,
  };
  const readers = Object.entries(columns).map(([property, type]) => {
    const read = (row: NewRowOf<C>) => row[property] as unknown;
    if (baseOf(type) !== "jsonb") return read;
    // Null is a value of JSON too; a column that may be null has the null of SQL.
    return (row: NewRowOf<C>) => (type === "jsonb?" && read(row) === null ? null : JSON.stringify(read(row)));
  });
  return (rows) => [statement, readers.map((read) => rows.map(read))];
}

const SEQUELIZE = {
  uuid: DataTypes.UUID,
  text: DataTypes.TEXT,
  int: DataTypes.INTEGER,
  bigint: DataTypes.BIGINT,
  boolean: DataTypes.BOOLEAN,
  jsonb: DataTypes.JSONB,
  timestamptz: DataTypes.DATE,
};

/** The columns for a model. @param key of the primary key, in its order */
export const attributesOf = (columns: Columns, ...key: string[]): ModelAttributes =>
  // An object for each: Sequelize writes the column's name into what it is given.
  Object.fromEntries(
    Object.entries(columns).map(([property, type]) => [
      property,
      { type: SEQUELIZE[baseOf(type)], allowNull: type.endsWith("?"), primaryKey: key.includes(property) },
    ]),
  );
