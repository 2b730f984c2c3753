import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { replay } from "./replay.ts";
import type { ReplayOptions } from "./replay-options.ts";
import { type Faults, startStubShop } from "./stub-shop.ts";
import { isFaithful } from "./summary.ts";

const INVOICES = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,85123A,RED MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
2,POST,POSTAGE,1,2010-12-01 09:00:00,18.00,12583.0,EIRE
1,85123a,BLUE MUG,4,2010-12-01 08:26:00,2.95,17850.0,United Kingdom
2,85123A,RED MUG,10,2010-12-01 09:00:00,2.10,12583.0,EIRE
nonsense
C9,85123A,RED MUG,-1,2010-12-01 09:30:00,2.10,12583.0,EIRE
3,85123A,RED MUG,2,2010-12-01 10:00:00,5.06,,Atlantis
4,TEAPOT,BROWN TEAPOT,1,2010-12-02 10:00:00,9.95,17850.0,United Kingdom
`;

let folder: string;
let file: string;
const shops: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-"));
  file = join(folder, "invoices.csv");
  await writeFile(file, INVOICES);
});
afterEach(async () => {
  await Promise.all(shops.splice(0).map((shop) => shop.stop()));
});
afterAll(() => rm(folder, { recursive: true }));

async function openShop(faults: Faults = {}) {
  const shop = await startStubShop(faults);
  shops.push(shop);
  return shop;
}

function options(url: string, change: Partial<ReplayOptions> = {}): ReplayOptions & { notes: string[] } {
  const notes: string[] = [];
  const reporter = { progress: () => {}, note: (text: string) => void notes.push(text) };
  const account = { email: "staff@example.com", password: "secret" };
  return {
    file,
    url,
    ...account,
    concurrency: 3,
    patienceMs: 5_000,
    outcomeDeadlineMs: 5_000,
    reporter,
    ...change,
    notes,
  };
}

test("brings customers, products and stock in and places every sale invoice with its own prices", async () => {
  const shop = await openShop();
  const run = options(shop.url);

  const summary = await replay(run);

  expect(summary.figures).toEqual({
    invoices: 4,
    lines: 6,
    units: 24,
    skus: 4,
    customers: 2,
    guestInvoices: 1,
    total: 1530 + 1180 + 1800 + 2100 + 1012 + 995,
    largestInvoice: 3900,
    mostSold: { sku: "85123A", units: 18 },
  });
  expect(isFaithful(summary)).toBe(true);
  expect(summary).toMatchObject({
    placed: 4,
    alreadyPlaced: 0,
    badRows: 1,
    credits: { invoices: 1, rows: 1, pence: 210 },
  });
  expect(run.notes).toEqual([
    "line 6 is left out: it has 1 columns, the header names 8",
    'The country "Atlantis" has no known code; ZZ stands for it.',
  ]);
  expect(shop.orders.find(({ reference }) => reference === "online-retail/2")).toMatchObject({
    placedAt: "2010-12-01T09:00:00.000Z",
    customerId: shop.users.find(({ reference }) => reference === "online-retail/12583")?.id,
    lines: [
      { sku: "POST", quantity: 1, unitPrice: { amount: 1800, currency: "GBP" } },
      { sku: "85123A", quantity: 10, unitPrice: { amount: 210, currency: "GBP" } },
    ],
  });
  const slugs = [...shop.products.values()].map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(4);
  expect(slugs).toContain("online-retail-85123a");
});

test("run again places nothing, creates nobody and adds no stock", async () => {
  const shop = await openShop();
  await replay(options(shop.url));
  const before = structuredClone({ orders: shop.orders, users: shop.users, stock: shop.stock });

  const summary = await replay(options(shop.url));

  expect({ orders: shop.orders, users: shop.users, stock: shop.stock }).toEqual(before);
  expect(summary).toMatchObject({ placed: 0, alreadyPlaced: 4, ordersPerSecond: 0 });
  expect(isFaithful(summary)).toBe(true);
});

test("a day first and the rest later bring the customers and the stock of each once", async () => {
  const shop = await openShop();
  const day = await replay(options(shop.url, { day: "2010-12-01" }));
  const rest = await replay(options(shop.url));

  expect(day.figures).toMatchObject({ invoices: 3, total: 7622 });
  expect(rest).toMatchObject({ placed: 1, alreadyPlaced: 3 });
  expect(isFaithful(day) && isFaithful(rest)).toBe(true);
  expect(shop.users).toHaveLength(2);
  expect([...shop.stock.values()].every(({ onHand, reserved }) => onHand === reserved)).toBe(true);
});

test("an answer lost after the order was made does not make it twice", async () => {
  const shop = await openShop({ answerLostFor: "2" });

  const summary = await replay(options(shop.url));

  expect(shop.orders).toHaveLength(4);
  expect(summary).toMatchObject({ placed: 4, alreadyPlaced: 0 });
  expect(shop.calls.filter((call) => call === "POST /v1/orders")).toHaveLength(5);
  expect(isFaithful(summary)).toBe(true);
});

test("waits for orders that are still under way, and for a busy server", async () => {
  const shop = await openShop({ pendingPolls: 2, busyTimes: 2 });

  const summary = await replay(options(shop.url));

  expect(shop.calls.filter((call) => /GET \/v1\/orders\/o/.test(call))).toHaveLength(8);
  expect(summary).toMatchObject({ placed: 4, failures: [] });
});

test("a server that goes away for good ends the run in one sentence", async () => {
  const shop = await openShop({ diesAfterOrders: 2 });

  const run = replay(options(shop.url, { concurrency: 1, patienceMs: 300 }));

  await expect(run).rejects.toThrow("The server cannot be reached any more: ");
});

test("renews an expired token and goes on", async () => {
  const shop = await openShop({ tokenUses: 4 });

  const summary = await replay(options(shop.url));

  expect(isFaithful(summary)).toBe(true);
  expect(shop.calls.filter((call) => call === "POST /v1/auth/login")).toHaveLength(1);
  expect(shop.calls).toContain("POST /v1/auth/refresh");
});

test("a refused order is reported with its invoice and reason, this run and the next, and does not stop the others", async () => {
  const shop = await openShop({ refusedFor: "2" });

  for (const placed of [3, 0]) {
    const summary = await replay(options(shop.url));

    expect(summary.placed).toBe(placed);
    expect(summary.failures).toEqual([{ invoice: "2", reason: "REJECTED (out_of_stock)" }]);
    expect(isFaithful(summary)).toBe(false);
  }
});

test("an order that is not what the file says is told, though the file's sums may agree", async () => {
  const shop = await openShop();
  await replay(options(shop.url));
  for (const [reference, amount] of [
    ["online-retail/1", 2711],
    ["online-retail/3", 1011],
  ] as const) {
    shop.orders.find((order) => order.reference === reference)!.total = { amount, currency: "GBP" };
  }

  const summary = await replay(options(shop.url));

  expect(summary.failures).toEqual([
    { invoice: "1", reason: "the order differs from the invoice in pence" },
    { invoice: "3", reason: "the order differs from the invoice in pence" },
  ]);
});

test("the command ends with one line of JSON and exit code 0", async () => {
  const shop = await openShop();

  const { code, stdout, stderr } = await command([file, "--url", shop.url, "--password", "secret", "--json"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/total, pence +8,617 +8,617\n/);
  expect(stdout).not.toContain("DIFFERS");
  expect(stderr).toContain("line 6 is left out");
  expect(JSON.parse(stdout.trimEnd().split("\n").at(-1)!)).toMatchObject({
    invoices: 4,
    lines: 6,
    units: 24,
    skus: 4,
    customers: 2,
    guestInvoices: 1,
    total: 8617,
    placed: 4,
    alreadyPlaced: 0,
    seconds: expect.any(Number),
    ordersPerSecond: expect.any(Number),
  });
});

test("the command ends with exit code 1 and the invoice's name when an order was refused", async () => {
  const shop = await openShop({ refusedFor: "2" });

  const { code, stdout, stderr } = await command([file, "--url", shop.url, "--password", "secret"]);

  expect(code).toBe(1);
  expect(stderr).toContain("invoice 2: REJECTED (out_of_stock)");
  expect(stdout).toContain("DIFFERS");
});

test("the command ends with exit code 2 and one sentence when there can be no run", async () => {
  const shop = await openShop();
  const gone = await startStubShop();
  await gone.stop();

  const refusals: [string[], RegExp][] = [
    [[], /^Usage/],
    [[file, "--day", "2010-13-01"], /^--day 2010-13-01 is no date/],
    [[file, "--hour", "8"], /^Unknown option '--hour'/],
    [[join(folder, "nothing.csv")], /cannot be read/],
    [[file, "--url", gone.url], /^The server is not reachable \(ECONNREFUSED\)/],
    [[file, "--url", shop.url, "--password", "wrong"], /^Login as staff@example.com failed: .*401 wrong_login/],
  ];
  for (const [args, sentence] of refusals) {
    const { code, stdout, stderr } = await command(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
  }
});

function command(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
