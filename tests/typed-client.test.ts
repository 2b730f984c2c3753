// Whoever writes a client in TypeScript generates it from the published document, with a generator that anybody can have.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { DEMO_ACCOUNTS } from "../runtime/seed-shop.ts";
import { openShop, type RunningShop } from "./support/running-shop.ts";

const run = promisify(execFile);
const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const STRICT = [
  ...["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"],
  "--allowImportingTsExtensions",
];

const PROGRAM = `
import * as shop from "./client.ts";

const [baseUrl = "", email = "", password = ""] = process.argv.slice(2);
shop.defaults.baseUrl = baseUrl;
const session = await shop.authLogin({ email, password });
if (session.status !== 200) throw new Error(session.data.code);
shop.defaults.headers = { Authorization: "Bearer " + session.data.accessToken };

const found = await shop.catalogList({ q: "teapot", filter: { currency: "GBP" } });
if (found.status !== 200) throw new Error(found.data.code);
const sku = found.data.data[0]?.variants[0]?.sku ?? "";

const order: shop.OrdersPlaceRequest = {
  currency: "GBP",
  lines: [{ sku, quantity: 2 }],
  shippingAddress: { name: "Ada", line1: "12 St James Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" },
  payment: { method: "pm_card_visa" },
};
const placed = await shop.ordersPlace("typed-order-1", order);
// 202 would be an order whose payment is still open.
if (placed.status !== 201 && placed.status !== 202) throw new Error(placed.data.code);
const read = await shop.ordersGet(placed.data.id);
if (read.status !== 200) throw new Error(read.data.code);
const { status, lines, total } = read.data;

const refused = await shop.ordersPlace("typed-order-2", { ...order, lines: [{ sku: "UNICORN", quantity: 1 }] });
const why = refused.status === 422 && refused.data.code === "unknown_sku" ? refused.data.code : "not refused";
console.log(JSON.stringify({ status, lines, total, why }));
`;

const MISTAKES = `
import * as shop from "./client.ts";
// @ts-expect-error there is no such currency
export const currency: shop.OrdersPlaceRequest["currency"] = "QQQ";
// @ts-expect-error money is an amount and a currency
export const price: shop.Money = 12.5;
// @ts-expect-error an order is not placed without a key
shop.ordersPlace({ currency: "GBP" });
// @ts-expect-error orders have no such state
export const lost = (order: shop.Order): boolean => order.status === "LOST";
`;

let shop: RunningShop;
let folder: string;
beforeAll(async () => {
  shop = await openShop();
  folder = mkdtempSync(join(tmpdir(), "typed-client-"));
  // Outside of the repository the client is compiled as its user would, and not as a part of the system.
  symlinkSync(MODULES, join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(shop.anyone.document));
  writeFileSync(join(folder, "order.ts"), PROGRAM);
  writeFileSync(join(folder, "mistakes.ts"), MISTAKES);
  await run(process.execPath, [join(MODULES, "oazapfts/dist/cli.js"), "openapi.json", "client.ts"], { cwd: folder });
}, 120_000);
afterAll(async () => {
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

const compile = (file: string) =>
  run(process.execPath, [join(MODULES, "typescript/bin/tsc"), ...STRICT, file], { cwd: folder }).then(
    () => "compiles",
    ({ stdout }: { stdout: string }) => stdout,
  );

test("it compiles, and places an order", async () => {
  const { email, password } = DEMO_ACCOUNTS.customer;

  expect(await compile("order.ts")).toBe("compiles");
  const { stdout } = await run(process.execPath, ["order.ts", shop.url, email, password], { cwd: folder });

  expect(JSON.parse(stdout)).toMatchObject({
    status: "CONFIRMED",
    lines: [{ sku: "TEAPOT-1L", quantity: 2, unitPrice: { amount: 3400, currency: "GBP" } }],
    total: { amount: 6800, currency: "GBP" },
    why: "unknown_sku",
  });
}, 60_000);

test("it lets through no currency, amount, state or call that there is not", async () => {
  expect(await compile("mistakes.ts")).toBe("compiles");
}, 60_000);

test("it has the names of the contracts", () => {
  const client = readFileSync(join(folder, "client.ts"), "utf8");

  const types = [...client.matchAll(/^export type (\w+) =/gm)].map((found) => found[1]);
  expect(types).toEqual(expect.arrayContaining(["Order", "OrderPage", "Money", "Product", "UnknownSkuProblem"]));
  expect(new Set(types).size).toBe(types.length);
});
