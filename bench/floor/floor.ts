// The floor: the rows of a confirmed order, written without a shop. One transaction after the other, as durable as the
// shop's, in databases with the same tables; each travels in one flight, its statements prepared and not waiting for each
// other. No HTTP, no checks, no reads but locks, nothing shared between orders: what the databases alone cost.
import pg from "pg";
import { ASK_SERVER, type ServerFacts } from "../machine.ts";
import { type Draft, draftOrder } from "./draft-order.ts";
import { commitReservation, reserve } from "./inventory-rows.ts";
import { confirmOrder, createOrder } from "./orders-rows.ts";
import { charge, openIntent, settleIntent } from "./payments-rows.ts";
import type { Statement } from "./statement.ts";

type DatabaseName = "orders" | "inventory" | "payments" | "sandbox";
type Step = [DatabaseName, (draft: Draft) => Statement[]];

/** The order of things in the shop; each step is one transaction. */
const STEPS: Step[] = [
  ["orders", createOrder],
  ["inventory", reserve],
  ["payments", openIntent],
  ["sandbox", charge],
  ["payments", settleIntent],
  ["inventory", commitReservation],
  ["orders", confirmOrder],
];
const SKUS = ["APRON", "LANTERN", "MUG-BLUE", "MUG-RED", "TEAPOT-1L", "TOWEL"];
const STOCK = 50_000_000;
/** As many connections per database as a service has. */
const POOL_SIZE = 6;

export class Floor {
  /** Sent so far, BEGIN and COMMIT included. */
  statements = 0;
  readonly #pools: Record<DatabaseName, pg.Pool>;

  constructor(urls: Record<string, string>) {
    const pool = (name: DatabaseName) => {
      const config = { connectionString: urls[name], max: POOL_SIZE, pipeline: true };
      // What fails under way, its query reports; an idle connection is cut only by a server that is being stopped.
      return new pg.Pool(config as pg.PoolConfig).on("error", () => {});
    };
    this.#pools = {
      orders: pool("orders"),
      inventory: pool("inventory"),
      payments: pool("payments"),
      sandbox: pool("sandbox"),
    };
  }

  async stockUp(): Promise<string[]> {
    await this.#pools.inventory.query(
      `insert into stock_levels (sku, on_hand, reserved, version, updated_at)
        select sku, $2, 0, 1, now() from unnest($1::text[]) as sku`,
      [SKUS, STOCK],
    );
    return SKUS;
  }

  async writeOrder(skus: readonly [string, string]): Promise<void> {
    const draft = draftOrder(skus);
    for (const [database, step] of STEPS) await this.#inOneFlight(database, step(draft));
  }

  /** As the server says it is. */
  async readServer(): Promise<ServerFacts> {
    const { rows } = await this.#pools.orders.query<ServerFacts>(ASK_SERVER);
    return rows[0]!;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()));
  }

  async #inOneFlight(database: DatabaseName, statements: Statement[]): Promise<void> {
    // A single statement is a transaction by itself.
    const flight = statements.length === 1 ? statements : [BEGIN, ...statements, COMMIT];
    this.statements += flight.length;
    const client = await this.#pools[database].connect();
    try {
      const outcomes = await Promise.allSettled(flight.map((statement) => client.query(statement)));
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      if (failed) throw failed.reason;
    } finally {
      client.release();
    }
  }
}

const BEGIN: Statement = { name: "begin", text: "begin", values: [] };
const COMMIT: Statement = { name: "commit", text: "commit", values: [] };
