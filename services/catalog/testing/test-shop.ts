// For the tests of this folder: the service on a real broker and a real database, asked by staff or by anyone.
import { hash, randomUUIDv7 } from "node:crypto";
import type { CallingOptions, Errors } from "moleculer";
import { Client } from "pg";
import type { ParamsOf, ResultOf } from "../../../contract/contract.ts";
import { Database } from "../../../database/database.ts";
import { as, testBroker } from "../../../tests/support/broker.ts";
import { testDatabase } from "../../../tests/support/postgres.ts";
import type { catalog, ImportItem, Product } from "../catalog.contract.ts";
import { catalogService } from "../catalog.service.ts";

type Actions = typeof catalog.actions;
type Ask = <N extends keyof Actions & string>(name: N, params: ParamsOf<Actions[N]>) => Promise<ResultOf<Actions[N]>>;

const STAFF = as("staff", randomUUIDv7());

export async function startShop() {
  const { url, adminUrl, release } = await testDatabase("catalog");
  const db = new Database({ url });
  let now = Date.parse("2026-03-01T09:00:00.000Z");
  const broker = await testBroker(catalogService({ db, clock: () => new Date(now), refreshEveryMs: 3_600_000 }));

  const ask =
    (options: CallingOptions): Ask =>
    (name, params) =>
      broker.call(`catalog.${name}`, params, options) as never;
  const statement = (text: string) => db.query<Record<string, unknown>>({ name: hash("sha1", text), text });

  return {
    db,
    staff: ask(STAFF),
    /** Staff, in the request of this id. */
    staffIn: (requestID: string) => ask({ ...STAFF, requestID }),
    anyone: ask({}),
    /** Everything that anyone is listed, page by page. */
    async allPages(query: ParamsOf<Actions["list"]>, betweenPages: () => Promise<unknown> = async () => {}) {
      const all: Product[] = [];
      let after: string | undefined;
      do {
        const { data, page } = await ask({})("list", { ...query, ...(after && { after }) });
        all.push(...data);
        after = page.nextCursor ?? undefined;
        if (page.hasMore !== (after !== undefined)) throw new Error("a page that ends has no cursor, and no other");
        await betweenPages();
      } while (after !== undefined);
      return all;
    },
    later: (milliseconds = 60_000) => {
      now += milliseconds;
    },
    /** Types and aggregate versions of all events so far. */
    events: () =>
      statement(`select type, aggregate_version as version, data, correlation_id as "correlationId"
      from outbox order by id`),
    rows: (text: string) => statement(text),
    /** What the service's own role may not do. */
    async asAdmin(text: string): Promise<void> {
      const client = new Client(adminUrl);
      await client.connect();
      await client.query(text).finally(() => client.end());
    },
    /** Statements that the work sends. */
    async counting(work: () => Promise<unknown>): Promise<number> {
      const before = db.statements;
      await work();
      return db.statements - before;
    },
    async stop() {
      await broker.stop();
      await db.close();
      release();
    },
  };
}

/** A product of one variant. */
export function product(sku: string, change: Partial<ImportItem> & { amount?: number } = {}): ImportItem {
  const { amount = 1_999, ...rest } = change;
  return { title: `The ${sku}`, variants: [{ sku, price: { amount, currency: "GBP" } }], ...rest };
}

/** The type of the error that the promise fails with. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Errors.MoleculerError).type;
  }
  return "no failure";
}
