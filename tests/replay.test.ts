// A real shop's day, placed through the public API of the running system and read back from it.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "../contract/page.ts";
import { replay } from "../replay/replay.ts";
import type { ReplayOptions } from "../replay/replay-options.ts";
import { isFaithful } from "../replay/summary.ts";
import { DEMO_ACCOUNTS } from "../runtime/seed-shop.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import { openShop, type RunningShop } from "./support/running-shop.ts";

const REAL = fileURLToPath(new URL("../../shared/data/online-retail/2010-12.csv.gz", import.meta.url));
const present = existsSync(REAL);
if (!present) console.warn(`Left out: the replay of a real shop's day, since ${REAL} is not there.`);
const testOnRealFile = present ? test : test.skip;
const leftOut = present ? "" : " (LEFT OUT: the file is not there)";

const SCATTERED = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
A1,MUG-BLUE,not a sale,1,2011-03-05 10:00:00,1.00,1.0,France
7001,85123A,RED MUG,6,2011-03-05 10:00:00,2.55,501.0,France
7002,POST,POSTAGE,1,2011-03-05 10:05:00,18.00,,EIRE
7001,85123a,BLUE MUG,4,2011-03-05 10:00:00,2.95,501.0,France
7003,85123A,RED MUG,many,2011-03-05 10:07:00,2.10,501.0,France
7001,85123A,RED MUG,1,2011-03-05 10:00:00,2.10,501.0,France
C7004,85123A,RED MUG,-1,2011-03-05 11:00:00,2.10,501.0,France
7005,"12""INCH",,2,2011-03-06 09:00:00,0.5,502.0,Germany
7006,85123A,A GIFT,1,2011-03-06 09:30:00,0,502.0,Germany
`;

let shop: RunningShop;
let folder: string;

beforeAll(async () => {
  shop = await openShop();
  folder = await mkdtemp(join(tmpdir(), "replay-of-a-day-"));
}, 60_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
  await shop.close();
});

async function run(change: Partial<ReplayOptions>) {
  const notes: string[] = [];
  const { email, password } = DEMO_ACCOUNTS.staff;
  const reporter = { progress: () => {}, note: (text: string) => void notes.push(text) };
  const summary = await replay({ file: REAL, url: shop.url, email, password, concurrency: 32, reporter, ...change });
  return { summary, notes };
}

const countOrders = async () =>
  (await shop.rows<{ n: number }>("orders", "select count(*)::int as n from orders"))[0]?.n;

test("a scattered file with a bad row is placed all the same, and the bad row is named", async () => {
  const file = join(folder, "scattered.csv");
  await writeFile(file, SCATTERED);

  const { summary, notes } = await run({ file });

  expect(summary.figures).toMatchObject({
    invoices: 3,
    lines: 5,
    units: 14,
    skus: 4,
    customers: 2,
    guestInvoices: 1,
    total: 6 * 255 + 1800 + 4 * 295 + 210 + 2 * 50,
  });
  expect(summary).toMatchObject({ badRows: 1, placed: 3, alreadyPlaced: 0, failures: [] });
  expect(isFaithful(summary)).toBe(true);
  expect(notes.filter((note) => note.startsWith("line 6 "))).toHaveLength(1);
  const staff = await shop.staff();
  const { data } = (await staff.get<Page<Order>>("/v1/orders?filter[reference]=online-retail/7001")).body;
  expect(data).toMatchObject([
    {
      placedAt: "2011-03-05T10:00:00.000Z",
      shippingAddress: { country: "FR" },
      lines: [
        { sku: "85123A", quantity: 6, unitPrice: { amount: 255, currency: "GBP" } },
        { sku: "85123a", quantity: 4 },
        { sku: "85123A", quantity: 1, unitPrice: { amount: 210, currency: "GBP" } },
      ],
    },
  ]);
});

testOnRealFile(
  `a real shop's day comes to the published figures, and again to the same${leftOut}`,
  async () => {
    const before = await countOrders();
    const day = await run({ day: "2010-12-01" });

    expect(day.summary.failures).toEqual([]);
    expect(day.summary.figures).toEqual({
      invoices: 127,
      lines: 3_072,
      units: 26_919,
      skus: 1_340,
      customers: 95,
      guestInvoices: 6,
      total: 5_896_079,
      largestInvoice: 691_565,
      mostSold: { sku: "17021", units: 600 },
    });
    expect(day.summary).toMatchObject({
      placed: 127,
      alreadyPlaced: 0,
      credits: { invoices: 6, rows: 26, pence: 32_523 },
    });
    const placed = await countOrders();
    expect(placed).toBe(Number(before) + 127);

    await shop.settled();
    const staff = await shop.staff();
    for (const groupBy of ["day", "product", "country"]) {
      const asked = `/v1/reports/sales?groupBy=${groupBy}&from=2010-12-01&to=2010-12-01`;
      const { body } = await staff.get<{ total: object }>(asked);
      expect(body.total).toEqual({ orders: 127, units: 26_919, amount: { amount: 5_896_079, currency: "GBP" } });
    }
    const again = await run({ day: "2010-12-01" });

    expect(again.summary.figures).toEqual(day.summary.figures);
    expect(again.summary).toMatchObject({ placed: 0, alreadyPlaced: 127, failures: [] });
    expect(await countOrders()).toBe(placed);
    const held = await shop.rows("inventory", "select sku from stock_levels where reserved > on_hand");
    expect(held).toEqual([]);
  },
  120_000,
);
