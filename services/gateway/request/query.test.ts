import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { refuses } from "../testing/refuses.ts";
import { as, openShop, type Shop } from "../testing/start-shop.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => {
  shop.served.length = 0;
});
afterAll(() => shop.broker.stop());

const refusedWith = refuses(() => shop);
const search = async (query: string) => shop.ask("GET", `/v1/mugs?${query}`);
const mug = { title: "Blue mug", price: { amount: 900, currency: "GBP" } };

describe("the query", () => {
  test("becomes what the schemas say", async () => {
    const { json } = await search("limit=5&glazed=true&skus=A%20B,C&filter[color]=blue&filter%5Bhandles%5D=2&q=1");

    expect(json.asked).toEqual({
      limit: 5,
      glazed: true,
      skus: ["A B", "C"],
      filter: { color: "blue", handles: 2 },
      q: "1",
    });
  });
  test("has lists whose commas part items, and items with commas of their own", async () => {
    const skusOf = async (list: string) => (await search(`skus=${list}`)).json.asked.skus;

    expect(await skusOf("A%2CB")).toEqual(["A,B"]);
    expect(await skusOf("A%2CB,C+D,%2C")).toEqual(["A,B", "C D", ","]);
    expect(await skusOf("A%252CB")).toEqual(["A%2CB"]);
  });
  test("is empty when nothing was asked", async () => {
    expect((await shop.ask("GET", "/v1/mugs?")).json.asked).toEqual({});
  });
  test("has no unknown names", async () => {
    refusedWith(await search("limit=5&colour=blue"), 400, "validation_failed", {
      parameter: "colour",
      code: "additionalProperties",
    });
  });
  test("has no unknown filters", async () => {
    refusedWith(await search("filter[shape]=round"), 400, "validation_failed", { parameter: "filter[shape]" });
    refusedWith(await search("filter=round"), 400, "validation_failed", { parameter: "filter" });
    refusedWith(await search("filter[__proto__]=1"), 400, "validation_failed");
    refusedWith(await search("__proto__[role]=admin"), 400, "validation_failed");
  });
  test("has no unknown sort order", async () => {
    refusedWith(await search("sort=weight"), 400, "validation_failed", { parameter: "sort", code: "enum" });
  });
  test("says nothing twice", async () => {
    refusedWith(await search("limit=5&limit=6"), 400, "validation_failed", { parameter: "limit", code: "duplicate" });
  });
  test("is refused where a value is no such value", async () => {
    for (const bad of ["limit=five", "limit=5.5", "limit=1e1", "limit=0x5", "limit=%EF%BC%91", "limit=", "limit=0"]) {
      refusedWith(await search(bad), 400, "validation_failed", { parameter: "limit" });
    }
    refusedWith(await search("glazed=1"), 400, "validation_failed", { parameter: "glazed" });
    refusedWith(await search("filter[handles]=two"), 400, "validation_failed", { parameter: "filter[handles]" });
    refusedWith(await search("skus=a,,b"), 400, "validation_failed", { parameter: "skus" });
  });
  test("must be well encoded", async () => {
    refusedWith(await search("skus=A,%E0%A4%A"), 400, "validation_failed", { parameter: "query", code: "encoding" });
    refusedWith(await search("q=%E0%A4%A"), 400, "validation_failed", { parameter: "query", code: "encoding" });
  });
  test("does not add to a body (B5)", async () => {
    const reply = await shop.ask("POST", "/v1/mugs?title=Red", {
      body: mug,
      headers: { ...as.staff, "idempotency-key": "k" },
    });

    refusedWith(reply, 400, "validation_failed", { parameter: "title" });
  });
});

describe("the path", () => {
  test("gives its parameters, decoded", async () => {
    expect((await shop.ask("GET", "/v1/mugs/m-2")).json.id).toBe("m-2");
  });
  test("is checked by the parameter's schema (B17)", async () => {
    refusedWith(await shop.ask("GET", "/v1/mugs/..%2F..%2Fetc"), 400, "validation_failed", {
      parameter: "id",
      code: "pattern",
    });
  });
  test("must be well encoded", async () => {
    refusedWith(await shop.ask("GET", "/v1/mugs/%E0%A4%A"), 400, "validation_failed", { parameter: "path" });
  });
  test("cannot be said again in the query", async () => {
    refusedWith(await shop.ask("GET", "/v1/mugs/m-1?id=m-2"), 400, "validation_failed", { parameter: "id" });
  });
  test("cannot be said again in the body", async () => {
    const reply = await shop.ask("PATCH", "/v1/mugs/m-1", {
      body: { id: "m-2", title: "x" },
      headers: { ...as.staff, "if-match": '"3"' },
    });

    refusedWith(reply, 400, "validation_failed", { pointer: "/id" });
  });
});
