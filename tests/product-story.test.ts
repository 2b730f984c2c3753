// The shelf, as staff fill it: products made, changed and taken off it, and many of them at once.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "../contract/page.ts";
import type { Product } from "../services/catalog/catalog.contract.ts";
import { type Client, saidOf } from "./support/http.ts";
import { newKey, openShop, type RunningShop } from "./support/running-shop.ts";

let shop: RunningShop;
let staff: Client;

beforeAll(async () => {
  shop = await openShop();
  staff = await shop.staff();
}, 60_000);
afterAll(() => shop.close());

const gbp = (amount: number) => ({ amount, currency: "GBP" });
const JUG = { title: "Copper jug", variants: [{ sku: "JUG", price: gbp(2_450) }] };
const pricesOf = async (slug: string) =>
  (await shop.anyone.get<Product>(`/v1/products/${slug}`)).body.variants.map(({ sku, price }) => [sku, price.amount]);

test("a product is created once per key, shown to everyone, and named by its title", async () => {
  const key = newKey();
  const created = await staff.post<Product>("/v1/products", JUG, { key });

  const again = await staff.post<Product>("/v1/products", JUG, { key });

  expect(created).toMatchObject({ status: 201, body: { slug: "copper-jug", status: "ACTIVE", version: 1 } });
  expect(created.headers.location).toBe(`/v1/products/${created.body.id}`);
  expect(again).toMatchObject({ status: 201, body: created.body, headers: { "idempotent-replayed": "true" } });
  expect((await shop.anyone.get<Product>("/v1/products/copper-jug")).body).toEqual(created.body);
});

test("a product is changed by who saw its latest version, and taken off the shelf", async () => {
  const { body, headers } = await staff.post<Product>("/v1/products", {
    ...JUG,
    variants: [{ sku: "CAN", price: gbp(1) }],
  });
  const path = `/v1/products/${body.id}`;
  const change = (patch: object, ifMatch?: string) => staff.patch<Product>(path, patch, { ifMatch });

  const changed = await change({ title: "Milk can", description: null }, headers.etag);

  expect(changed).toMatchObject({ status: 200, body: { title: "Milk can", version: 2, variants: [{ sku: "CAN" }] } });
  expect(saidOf(await change({ title: "Late" }, headers.etag))).toBe("412 version_mismatch");
  expect(saidOf(await change({ title: "Blind" }))).toBe("428 precondition_required");
  const merge = { type: "application/merge-patch+json", ifMatch: changed.headers.etag };
  const dearer = await staff.patch<Product>(path, { variants: [{ sku: "CAN", price: gbp(3) }] }, merge);
  expect(dearer.body.variants[0]).toMatchObject({ id: body.variants[0]?.id, price: gbp(3) });

  expect((await staff.delete(path, { ifMatch: dearer.headers.etag })).status).toBe(204);
  expect(saidOf(await shop.anyone.get(path))).toBe("404 product_not_found");
  expect((await staff.get<Product>(path)).body.status).toBe("ARCHIVED");
});

test("a draft is seen by staff alone", async () => {
  const draft = { title: "Secret kettle", status: "DRAFT", variants: [{ sku: "KETTLE", price: gbp(1) }] };
  const { body } = await staff.post<Product>("/v1/products", draft);

  expect(saidOf(await shop.anyone.get(`/v1/products/${body.slug}`))).toBe("404 product_not_found");
  const { data } = (await staff.get<Page<Product>>("/v1/products?filter[status]=DRAFT")).body;
  expect(data.map(({ slug }) => slug)).toEqual(["secret-kettle"]);
});

test("an import in JSON takes the good items whole and says which ones were bad", async () => {
  const items = [
    {
      slug: "candle",
      title: "Candle",
      variants: [
        { sku: "CANDLE-S", price: gbp(300) },
        { sku: "CANDLE-L", price: gbp(500) },
      ],
    },
    {
      slug: "torch",
      title: "Torch",
      variants: [
        { sku: "TORCH", price: gbp(900) },
        { sku: "TORCH-2", price: gbp(-1) },
      ],
    },
    { slug: "stolen", title: "Stolen SKU", variants: [{ sku: "MUG-BLUE", price: gbp(1) }] },
    "no item",
    { slug: "matches", title: "Matches", variants: [{ sku: "MATCHES", price: { amount: 99, currency: "QQQ" } }] },
  ];

  const { status, body } = await staff.post("/v1/product-imports", { items });

  expect(status).toBe(200);
  expect(body).toMatchObject({
    accepted: 1,
    rejected: 4,
    errors: [
      { row: 2, code: "invalid_price" },
      { row: 3, code: "sku_taken" },
      { row: 4, code: "validation_failed" },
      { row: 5, code: "unknown_currency" },
    ],
  });
  expect(await pricesOf("candle")).toEqual([
    ["CANDLE-S", 300],
    ["CANDLE-L", 500],
  ]);
  expect(saidOf(await shop.anyone.get("/v1/products/torch"))).toBe("404 product_not_found");
});

test("a dry run of an import says what would become of each row of a spreadsheet, and nothing becomes of it", async () => {
  const saucers = "title;sku;price;currency\r\nSaucer;SAUCER;4,95;EUR\r\nSoucoupe à café;SOUCOUPE;1.299;EUR\r\n";
  const type = "text/csv; charset=windows-1252";
  const send = (query: string) =>
    staff.post<object>(`/v1/product-imports${query}`, Buffer.from(saucers, "latin1"), { type });

  const rehearsed = await send("?dryRun=true");
  expect(rehearsed.body).toMatchObject({
    dryRun: true,
    accepted: 1,
    rows: [{ outcome: "created" }, { outcome: "error" }],
  });
  expect(rehearsed.body).toMatchObject({ errors: [{ row: 3, code: "invalid_price" }] });
  expect(saidOf(await shop.anyone.get("/v1/products/saucer"))).toBe("404 product_not_found");

  expect((await send("")).body).toEqual({ ...rehearsed.body, dryRun: false });
  expect(await pricesOf("saucer")).toEqual([["SAUCER", 495]]);
});

test("an import in CSV names the line of each bad row, and run again it changes prices and nothing else", async () => {
  const csv = (price: string) =>
    `slug,title,sku,variantTitle,price,currency\nbowl,"Bowl, ""deep""",BOWL-S,small,${price},GBP\nbowl,,BOWL-L,large,7.5,GBP\n` +
    "plate,Plate,PLATE,,cheap,GBP\nspoon,Spoon,SPOON,,1.005,GBP\nfork,Fork,FORK\n";
  const send = (price: string) => staff.post("/v1/product-imports", csv(price), { type: "text/csv" });

  const first = await send("5.00");
  const before = await shop.anyone.get<Product>("/v1/products/bowl");
  await send("6.00");
  const after = await shop.anyone.get<Product>("/v1/products/bowl");

  expect(first.body).toMatchObject({
    accepted: 1,
    rejected: 3,
    errors: [
      { row: 4, code: "invalid_price" },
      { row: 5, code: "invalid_price" },
      { row: 6, code: "malformed_row" },
    ],
  });
  expect(before.body.title).toBe('Bowl, "deep"');
  expect(await pricesOf("bowl")).toEqual([
    ["BOWL-S", 600],
    ["BOWL-L", 750],
  ]);
  expect(after.body.variants.map(({ id }) => id)).toEqual(before.body.variants.map(({ id }) => id));
});

test("no answer above had a header that the document does not list", () => {
  expect([...shop.anyone.unlistedHeaders]).toEqual([]);
});
