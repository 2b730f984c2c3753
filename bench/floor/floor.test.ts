import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Database } from "../../database/database.ts";
import { ADA, type OrderShop, openShop, orderOf, place } from "../../tests/support/order-shop.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { Floor } from "./floor.ts";
import { describeRows } from "./testing/describe-rows.ts";

const NAMES = ["orders", "inventory", "payments", "sandbox"] as const;
type Databases = Record<(typeof NAMES)[number], Database>;

const SKUS = ["MUG", "TEAPOT"] as const;
/** As the gateway asks on a customer's behalf: every request has its trace. */
const ASKER = {
  meta: { token: `customer ${ADA}`, traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
};

let shop: OrderShop;
let given: TestDatabase[];
let databases: Databases;
let floor: Floor;

beforeEach(async () => {
  shop = await openShop(() => new Date());
  given = await Promise.all(NAMES.map((name) => testDatabase(name)));
  const urls = given.map(({ url }, i) => [NAMES[i], url] as const);
  databases = Object.fromEntries(urls.map(([name, url]) => [name, new Database({ url })])) as Databases;
  floor = new Floor(Object.fromEntries(urls));
});
afterEach(async () => {
  await floor.close();
  for (const db of Object.values(databases)) await db.close();
  for (const database of given) database.release();
  await shop.close();
});

/** With what the order wants, and nothing else. */
async function stockUp({ inventory }: Pick<Databases, "inventory">): Promise<void> {
  await inventory.query({ name: "test_clear", text: "delete from stock_levels" });
  const text = `insert into stock_levels (sku, on_hand, reserved, version, updated_at)
    select unnest($1::text[]), 10, 0, 1, now()`;
  await inventory.query({ name: "test_stock_alike", text }, [SKUS]);
}

const rowsOf = async (all: Databases) => (await Promise.all(NAMES.map((name) => describeRows(name, all[name])))).flat();

test("an order of the floor leaves the rows behind that a confirmed order of the shop does", async () => {
  await stockUp(shop);
  await stockUp(databases);
  const order = orderOf({ lines: SKUS.map((sku) => ({ sku, quantity: 1 })) });

  const placed = await place(shop.broker, order, ASKER);
  await floor.writeOrder(SKUS);

  expect(placed.order.status).toBe("CONFIRMED");
  expect(await rowsOf(databases)).toEqual(await rowsOf(shop));
});
