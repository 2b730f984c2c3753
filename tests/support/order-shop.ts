// The part of the shop that an order goes through: orders, inventory and payments for real, on real databases, with
// catalog and users as stub services of the same name.
import { randomUUIDv7 } from "node:crypto";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { inventoryService } from "../../services/inventory/inventory.service.ts";
import { type OrdersOptions, ordersService } from "../../services/orders/orders.service.ts";
import type { PlaceParams } from "../../services/orders/placing/place-order.ts";
import { paymentsService } from "../../services/payments/payments.service.ts";
import type { PaymentProvider } from "../../services/payments/providers/provider.ts";
import { type Sandbox, sandboxProvider } from "../../services/payments/providers/sandbox/sandbox.ts";
import { as, testBroker } from "./broker.ts";
import { type TestDatabase, testDatabase } from "./postgres.ts";

export const ADA = "01900000-0000-7000-8000-000000000ada";
export const BOB = "01900000-0000-7000-8000-000000000b0b";
export const CLERK = "01900000-0000-7000-8000-0000000000c1";

const PRICES: Record<string, number> = { MUG: 1250, TEAPOT: 3400, LANTERN: 1999 };
for (let i = 0; i < 30; i++) PRICES[`SKU-${i}`] = 100 + i;

const catalogStub: ServiceSchema = {
  name: "catalog",
  actions: {
    price: (ctx) =>
      (ctx.params as { skus: string[] }).skus
        .filter((sku) => sku in PRICES)
        .map((sku) => ({ sku, title: `The ${sku}`, price: { amount: PRICES[sku], currency: "GBP" } })),
  },
};
const usersStub: ServiceSchema = {
  name: "users",
  actions: {
    byIds: (ctx) =>
      (ctx.params as { ids: string[] }).ids
        .filter((id) => [ADA, BOB, CLERK].includes(id))
        .map((id) => ({ id, email: `${id}@example.com`, name: "Somebody", language: id === BOB ? "de" : null })),
  },
};

export interface ShopOptions {
  orders?: Omit<OrdersOptions, "db">;
  provider?: (sandbox: Sandbox) => PaymentProvider;
  /** Services that take the place of the real ones, to fail where a test wants it. */
  instead?: Partial<Record<"inventory" | "payments", ServiceSchema>>;
}

export interface OrderShop {
  broker: ServiceBroker;
  orders: Database;
  inventory: Database;
  payments: Database;
  sandbox: Database;
  /** Another process of the same shop, on the same databases. */
  node: (options?: ShopOptions) => Promise<ServiceBroker>;
  statements: () => number;
  close: () => Promise<void>;
}

/** So that a customer can run out of stock before being told that it is too much. */
const UNBOUND = { perSku: 1e9, perCustomer: 1e9, perNetwork: 1e9 };
const WEBHOOK_SECRETS = ["the secret of a test"];
const NAMES = ["orders", "inventory", "payments", "sandbox"] as const;
/** Opened with 1,000 of every SKU in stock. The worker sleeps unless `wakeEveryMs` says otherwise. */
export async function openShop(clock: () => Date, options: ShopOptions = {}): Promise<OrderShop> {
  const databases = await Promise.all(NAMES.map((name) => testDatabase(name)));
  const opened: Database[] = [];
  const brokers: ServiceBroker[] = [];

  function connect(database: TestDatabase): Database {
    const db = new Database({ url: database.url });
    opened.push(db);
    return db;
  }

  async function node({ orders = {}, provider = (each) => each, instead = {} }: ShopOptions = {}) {
    const [ordersDb, inventoryDb, paymentsDb, sandboxDb] = databases.map(connect) as [
      Database,
      Database,
      Database,
      Database,
    ];
    const sandbox = provider(sandboxProvider({ db: sandboxDb, clock, slowMs: 300, webhookSecrets: WEBHOOK_SECRETS }));
    const broker = await testBroker(
      ordersService({ db: ordersDb, clock, wakeEveryMs: 3_600_000, allowances: UNBOUND, ...orders }),
      instead.inventory ?? inventoryService({ db: inventoryDb, clock, sweepEveryMs: 3_600_000 }),
      instead.payments ?? paymentsService({ db: paymentsDb, clock, providers: [sandbox] }),
      catalogStub,
      usersStub,
    );
    brokers.push(broker);
    return { broker, dbs: [ordersDb, inventoryDb, paymentsDb, sandboxDb] as const };
  }

  const first = await node(options);
  const [orders, inventory, payments, sandbox] = first.dbs;
  await inventory.query(
    {
      name: "test_stock",
      text: `insert into stock_levels (sku, on_hand, reserved, version, updated_at)
      select unnest($1::text[]), 1000, 0, 0, now()`,
    },
    [Object.keys(PRICES)],
  );
  return {
    broker: first.broker,
    orders,
    inventory,
    payments,
    sandbox,
    node: async (more) => (await node(more)).broker,
    statements: () => opened.reduce((total, db) => total + db.statements, 0),
    async close() {
      for (const broker of brokers) await broker.stop();
      for (const db of opened) await db.close();
      for (const database of databases) database.release();
    },
  };
}

let keys = 0;

/** A valid order of Ada's: two mugs and a teapot, paid with a card that approves. */
export function orderOf(changes: Partial<PlaceParams> = {}): PlaceParams {
  const key = `key-${keys++}-${randomUUIDv7()}`;
  return {
    currency: "GBP",
    lines: [
      { sku: "MUG", quantity: 2 },
      { sku: "TEAPOT", quantity: 1 },
    ],
    shippingAddress: {
      name: "Ada",
      line1: "12 St James Square",
      city: "London",
      postalCode: "SW1Y 4JH",
      country: "GB",
    },
    payment: { method: "pm_card_visa" },
    idempotency: { key, fingerprint: key },
    ...changes,
  };
}

export const place = (broker: ServiceBroker, order: PlaceParams, who = as("customer", ADA)) =>
  call(broker, "orders.place", order, who);
