import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { failure, startShop } from "../testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await shop.rows("delete from variants");
  await shop.rows("delete from products");
  await shop.rows("delete from outbox");
});

const stored = async () =>
  (await shop.rows("select slug, title, version from products order by slug")).map(
    ({ slug, title, version }) => `${slug} "${title}" v${version}`,
  );
const skusOf = async (slug: string) =>
  (await shop.staff("get", { idOrSlug: slug })).variants.map(({ sku, price }) => `${sku} ${price.amount}`);

const HEAD = "slug,title,description,sku,variantTitle,price,currency";
const csv = (...lines: string[]) => shop.staff("import", { csv: [HEAD, ...lines].join("\r\n") });

test("rows of one slug are one product, prices are decimal", async () => {
  const answer = await csv(
    'mug,Mug,"Holds tea,\nhot",MUG,,4.95,GBP',
    "pot,Pot,,POT,,1200,JPY",
    "mug,,,MUG-XL,Large mug,10,GBP",
  );

  expect(answer).toEqual({ accepted: 2, rejected: 0, errors: [] });
  expect(await skusOf("mug")).toEqual(["MUG 495", "MUG-XL 1000"]);
  expect(await skusOf("pot")).toEqual(["POT 1200"]);
  expect((await shop.staff("get", { idOrSlug: "mug" })).description).toBe("Holds tea,\nhot");
});

test("rows without a slug are one product by their title", async () => {
  expect((await csv(",Mug,,M1,,1,GBP", ",Mug,,M2,,2,GBP", ",Pot,,P1,,3,GBP")).accepted).toBe(2);
  expect(await skusOf("mug")).toEqual(["M1 100", "M2 200"]);
});

test("each error names the line that is wrong, and a product is all or nothing", async () => {
  const { accepted, errors } = await csv(
    'ok,Fine,"two\nlines",OK,,1.00,GBP',
    "bad,Bad,,B1,,1.00,GBP",
    "bad,,,B2,,-1.00,GBP",
    "fine,Too fine,,F,,1.005,GBP",
    "yen,Yen,,Y,,1.5,JPY",
    "cur,Currency,,C,,1.00,XQX",
    "short,Short,,S",
    "two,One name,,T1,,1,GBP",
    "two,Another name,,T2,,1,GBP",
    "empty,,,E,,1,GBP",
    "sku,No SKU,,,,1,GBP",
  );

  expect(accepted).toBe(1);
  expect(errors.map(({ row, code }) => `${row} ${code}`)).toEqual([
    "5 invalid_price",
    "6 invalid_price",
    "7 invalid_price",
    "8 unknown_currency",
    "9 malformed_row",
    "11 conflicting_rows",
    "12 validation_failed",
    "13 validation_failed",
  ]);
  expect(await stored()).toEqual(['ok "Fine" v1']);
});

test("columns may come in any order behind a byte order mark, and some may be missing", async () => {
  const text = '\ufeffsku,currency,title,price\n"A ""1""",GBP,A 3" pipe,0.29\n\n';

  expect(await shop.staff("import", { csv: text })).toEqual({ accepted: 1, rejected: 0, errors: [] });
  expect(await skusOf("a-3-pipe")).toEqual(['A "1" 29']);
});

test.each([
  ["no columns", ""],
  ["a column missing", "slug,title,price,currency\n"],
  ["an unknown column", `${HEAD},colour\n`],
  ["a column twice", `${HEAD},sku\n`],
  ["a quote that never ends", `${HEAD}\na,"A,,A,,1,GBP\nb,B,,B,,1,GBP\n`],
])("a file with %s is refused as a whole", async (_, text) => {
  expect(await failure(shop.staff("import", { csv: text }))).toBe("MALFORMED_CSV");
  expect(await stored()).toEqual([]);
});
