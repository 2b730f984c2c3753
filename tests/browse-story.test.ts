// What anyone may see: the catalog page by page, and what can be bought.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "../contract/page.ts";
import type { Product } from "../services/catalog/catalog.contract.ts";
import { saidOf } from "./support/http.ts";
import { newKey, openShop, type RunningShop } from "./support/running-shop.ts";

let shop: RunningShop;

beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop.close());

const SLUGS = ["apron", "enamel-mug", "lantern", "tea-towel", "teapot"];
const list = async (query: string) =>
  (await shop.anyone.get<Page<Product>>(`/v1/products?${query}`)).body.data.map(({ slug }) => slug);

test("the catalog comes in pages, each product exactly once", async () => {
  const seen: string[] = [];
  let after: string | null = "";
  while (after !== null) {
    const { data, page }: Page<Product> = (
      await shop.anyone.get<Page<Product>>(`/v1/products?limit=2&sort=title${after && `&after=${after}`}`)
    ).body;
    expect(data.length).toBeLessThanOrEqual(2);
    expect(page.hasMore).toBe(page.nextCursor !== null);
    seen.push(...data.map(({ slug }) => slug));
    after = page.nextCursor;
  }

  expect(seen.toSorted()).toEqual(SLUGS);
});

test("a search finds the words of title and SKU, the last one also by its beginning", async () => {
  expect(await list("q=mug")).toEqual(["enamel-mug"]);
  expect((await list("q=tea")).sort()).toEqual(["tea-towel", "teapot"]);
  expect(await list("q=stoneware+teap")).toEqual(["teapot"]);
  expect(await list("q=LANTERN")).toEqual(["lantern"]);
  expect(await list("q=unicorn")).toEqual([]);
});

test("sorting and filtering by price and SKU give what they say", async () => {
  expect(await list("sort=price")).toEqual(["tea-towel", "enamel-mug", "lantern", "apron", "teapot"]);
  expect(await list("sort=-price")).toEqual(["teapot", "apron", "lantern", "enamel-mug", "tea-towel"]);
  expect(await list("sort=-price&filter[priceFrom]=1000&filter[priceTo]=2800")).toEqual([
    "apron",
    "lantern",
    "enamel-mug",
  ]);
  expect(await list("filter[sku]=MUG-RED")).toEqual(["enamel-mug"]);
  expect(await list("filter[currency]=EUR")).toEqual([]);
});

test("a sort, a filter or a cursor that nobody offered is refused", async () => {
  const { body } = await shop.anyone.get<Page<Product>>("/v1/products?limit=1&sort=title");
  const ask = async (query: string) => saidOf(await shop.anyone.get(`/v1/products?${query}`));

  expect(await ask("sort=secret")).toBe("400 validation_failed");
  expect(await ask("filter[cost]=1")).toBe("400 validation_failed");
  expect(await ask("limit=0")).toBe("400 validation_failed");
  expect(await ask("limit=101")).toBe("400 validation_failed");
  expect(await ask("after=nonsense")).toBe("422 invalid_cursor");
  expect(await ask(`sort=price&after=${body.page.nextCursor}`)).toBe("422 invalid_cursor");
  expect(await ask("filter[status]=DRAFT")).toBe("403 staff_only_filter");
});

test("one product is found by its slug and by its id, and is not sent again while it is the same", async () => {
  const bySlug = await shop.anyone.get<Product>("/v1/products/lantern");
  const etag = bySlug.headers.etag as string;
  const ask = (tag: string) => shop.anyone.get(`/v1/products/lantern`, { headers: { "if-none-match": tag } });

  expect(bySlug.body.variants).toMatchObject([{ sku: "LANTERN", price: { amount: 1999, currency: "GBP" } }]);
  expect((await shop.anyone.get<Product>(`/v1/products/${bySlug.body.id}`)).body).toEqual(bySlug.body);
  expect(await ask(etag)).toMatchObject({ status: 304, text: "", headers: { etag } });
  expect(await ask('"0"')).toMatchObject({ status: 200, body: bySlug.body });
  expect(saidOf(await shop.anyone.get("/v1/products/no-such-thing"))).toBe("404 product_not_found");
});

test("HEAD says what GET would, without saying it", async () => {
  const { headers, body } = await shop.anyone.get("/v1/products/teapot");

  const head = await shop.anyone.ask("HEAD", "/v1/products/teapot");

  expect(body).toBeDefined();
  expect(head).toMatchObject({ status: 200, text: "", headers: { etag: headers.etag } });
  expect(head.headers["content-length"]).toBe(headers["content-length"]);
});

test("availability is told in steps, in the order asked, and what is not sold has none", async () => {
  const staff = await shop.staff();
  const sell = (sku: string, changes: object) =>
    staff.post<Product>("/v1/products", {
      title: sku,
      variants: [{ sku, price: { amount: 900, currency: "GBP" } }],
      ...changes,
    });
  const stock = (sku: string, onHand: number) =>
    staff.post<{ warnings: object[] }>("/v1/stock-adjustments", { sku, onHand, reason: "a count" }, { key: newKey() });
  const archived = await sell("OLD,WORN", {});
  await staff.delete(`/v1/products/${archived.body.id}`, { ifMatch: archived.headers.etag as string });
  await Promise.all([sell("FEW,OR NONE", {}), sell("LATER", { status: "DRAFT" })]);
  await shop.settled();
  const stocked = await Promise.all([
    stock("FEW,OR NONE", 2),
    stock("LATER", 9),
    stock("OLD,WORN", 9),
    stock("few or none", 9),
  ]);

  const asked = ["MUG-BLUE", "FEW%2COR%20NONE", "LATER", "OLD%2CWORN", "few+or+none", "NOTHING"];
  const { body } = await shop.anyone.get(`/v1/availability?skus=${asked}`);

  expect(body).toEqual({
    data: [
      { sku: "MUG-BLUE", availability: "IN_STOCK" },
      { sku: "FEW,OR NONE", availability: "LOW" },
      { sku: "LATER", availability: "UNAVAILABLE" },
      { sku: "OLD,WORN", availability: "UNAVAILABLE" },
      { sku: "few or none", availability: "UNAVAILABLE" },
      { sku: "NOTHING", availability: "UNAVAILABLE" },
    ],
  });
  expect(stocked.map((answer) => answer.body.warnings)).toEqual([
    [],
    [],
    [],
    [expect.objectContaining({ code: "unknown_sku", alike: "FEW,OR NONE" })],
  ]);
});

test("the shop says that it is there, and shows its own documents", async () => {
  expect((await shop.anyone.get("/health/live")).body).toEqual({ status: "ok" });
  expect((await shop.anyone.get("/health/ready")).body).toEqual({ status: "ok" });
  expect((await shop.anyone.get("/docs")).text).toMatch(/<html/i);
  expect(saidOf(await shop.anyone.get("/v1/nothing"))).toBe("404 not_found");
  expect(saidOf(await shop.anyone.delete("/v1/products"))).toBe("405 method_not_allowed");
});

test("a search forgives a typo, and prices in two currencies have no order until one is named", async () => {
  expect(await list("q=lantren")).toEqual(["lantern"]);
  const staff = await shop.staff();
  const price = { amount: 300, currency: "JPY" };
  await staff.post("/v1/products", { title: "白い茶碗", variants: [{ sku: "CHAWAN", price }] });

  expect(await list(`q=${encodeURIComponent("茶碗")}&sort=price&filter[currency]=JPY`)).toEqual(["baiichawan"]);
  const refused = await shop.anyone.get("/v1/products?sort=price");
  expect(saidOf(refused)).toBe("422 currency_required");
  expect(refused.body).toMatchObject({ errors: [{ parameter: "filter[currency]" }] });
});
