// Plain reads of one table: a row by its key, and pages of rows in the order of their keys. This is what moleculer-db and its
// Sequelize adapter are worn for, with our access and our paging: of its actions, which know no limit, no owner and no field
// list, none is published, and nothing of a request reaches it but through the functions below.
import type { Service, ServiceSchema } from "moleculer";
import DbService from "moleculer-db";
import SequelizeAdapter from "moleculer-db-adapter-sequelize";
import { type Attributes, type Model, type ModelStatic, Op } from "sequelize";
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../contract/page.ts";
import type { Database } from "../database/database.ts";

export interface PlainOrder<Row> {
  /** The column of the key, which pages are sorted by. */
  key: keyof Row & string;
  kind: "uuid" | "string";
  /** Of keys that grow with time: the newest come first. */
  descending?: true;
}

export interface PlainReads<Row> {
  /** Ties the adapter to the service; to be listed before `databaseMixin`. */
  mixin: Partial<ServiceSchema>;
  byKey(key: string): Promise<Row | null>;
  /** @param where equal to what the rows must have; absent values are no condition. @throws INVALID_CURSOR (422) */
  page<T>(
    asked: { limit?: number; after?: string },
    where: Partial<{ [C in keyof Row]: Row[C] | undefined }>,
    present: (row: Row) => T,
  ): Promise<Page<T>>;
}

/** The pool is the service's, and closed when the last part of it has stopped. */
class BorrowingAdapter extends SequelizeAdapter {
  override async disconnect(): Promise<void> {}
}

export function plainReads<M extends Model>(
  db: Database,
  model: ModelStatic<M>,
  { key, kind, descending }: PlainOrder<Attributes<M>>,
): PlainReads<Attributes<M>> {
  const adapter = new BorrowingAdapter(db.sequelize);
  const plain = (row: M): Attributes<M> => adapter.entityToObject(row);
  const binding = {
    created(this: Service) {
      // Set here and not in the schema: Moleculer deep-clones schemas, and a clone's pool is another pool.
      Object.assign(this.schema, { model, adapter });
    },
  };
  return {
    // Order matters: the last is created first, so the adapter is there when moleculer-db looks for it.
    mixin: {
      mixins: [DbService as unknown as Partial<ServiceSchema>, binding],
      actions: NONE_OF_ITS_ACTIONS,
    } as Partial<ServiceSchema>,
    async byKey(value) {
      const row = (await adapter.findById(value)) as M | null;
      return row && plain(row);
    },
    async page({ limit = DEFAULT_LIMIT, after }, where, present) {
      const [last] = after === undefined ? [] : readCursor(after, [kind]);
      const wanted = Object.entries(where).filter(([, value]) => value !== undefined);
      const beyond = last === undefined ? {} : { [key]: { [descending ? Op.lt : Op.gt]: String(last) } };
      const query = { ...Object.fromEntries(wanted), ...beyond };
      const asked = { query, sort: descending ? `-${key}` : key, limit: limit + 1 };
      const rows = (await adapter.find(asked)) as M[];
      return pageOf(rows.map(plain), limit, (row) => [row[key] as string | number], present);
    },
  };
}

const NONE_OF_ITS_ACTIONS = Object.fromEntries(
  ["find", "count", "list", "create", "insert", "get", "resolve", "update", "replace", "remove"].map((name) => [
    name,
    false,
  ]),
);
