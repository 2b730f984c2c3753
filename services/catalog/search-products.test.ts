import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { product, startShop } from "./testing/test-shop.ts";

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await shop.rows("delete from variants");
  await shop.rows("delete from products");
  await shop.rows("delete from search_words");
});

type Query = Parameters<typeof shop.anyone<"list">>[1];
/** Titles, as they are made here in the order in which they shall be listed last to first. */
const sell = (...titles: string[]) =>
  shop.staff("import", { items: titles.map((title, i) => product(`SKU-${i}`, { title })) });
const titles = async (q: string, query: Query = {}) =>
  (await shop.anyone("list", { ...query, q })).data.map(({ title }) => title);

const allPages = async (...asked: Parameters<typeof shop.allPages>) =>
  (await shop.allPages(...asked)).map(({ id }) => id);

describe("a title is found by what people would call the same letters:", () => {
  test.each([
    ["Große Straße", ["strasse", "grosse", "GROSSE STRASSE", "straße"]],
    ["Łódź Øre Æther", ["lodz", "ore", "aether", "Łódź"]],
    ["İstanbul Işık", ["istanbul", "ISTANBUL", "isik", "ışık"]],
    ["Eﬃcient ﬁne mug", ["efficient", "fine"]],
    ["ＡＢＣ ｶﾞﾗｽ mug", ["abc", "ガラス"]],
    ["Boîtes à thé (cafés)", ["cafes boites", "the", "cafe\u0301s"]],
    ["Чёрный чайник & чашка", ["черный", "ЧАЙНИК", "чашка & чайник"]],
    ["Fish & chips", ["fish & chips", "chips"]],
  ])("%s", async (title, questions) => {
    await sell(title, "Something else");

    for (const q of questions) expect([q, await titles(q)]).toEqual([q, [title]]);
  });
});

test("a word is found by its beginning, its plural and in any letter case, and all words must occur", async () => {
  await sell("White hanging heart lantern", "Regency teacup", "Boxes for the kitchen");

  expect(await titles("lant")).toEqual(["White hanging heart lantern"]);
  expect(await titles("LANTERNS")).toEqual(["White hanging heart lantern"]);
  expect(await titles("box kitch")).toEqual(["Boxes for the kitchen"]);
  expect(await titles("white teacup")).toEqual([]);
});

describe("words are found inside a title of a script without spaces:", () => {
  test.each([
    ["유리찻잔 세트", ["찻잔", "유리", "잔 세트"], ["잔찻"]],
    ["白い茶碗セット", ["茶碗", "セット", "茶", "ト", "白い茶碗", "碗セ"], ["茶白", "碗茶", "皿"]],
    ["景德镇陶瓷茶壶", ["陶瓷", "茶壶", "壶", "景德镇"], ["瓷陶", "杯"]],
    ["ถ้วยชาเซรามิก", ["ชา", "เซรามิก", "ถ้วย"], ["จาน"]],
    ["USB充電器", ["充電", "usb", "usb充電器", "電器 usb"], ["電充"]],
  ])("%s", async (title, inside, notInside) => {
    await sell(title, "湯呑み", "Mug");

    for (const q of inside) expect([q, await titles(q)]).toEqual([q, [title]]);
    for (const q of notInside) expect([q, await titles(q)]).toEqual([q, []]);
  });

  test("東京都 is not 京都 and 東京 apart", async () => {
    await sell("東京都のお茶", "京都と東京のお茶");

    expect(await titles("東京都")).toEqual(["東京都のお茶"]);
    expect((await titles("お茶")).sort()).toEqual(["京都と東京のお茶", "東京都のお茶"].sort());
  });
});

test("a product with the longest texts there may be, of letters beyond the common ones, is stored and found", async () => {
  // Each two neighbours are found once only: letter, next, next but one; letter, next but one; and so on.
  const letters = (count: number, step: number, from: number) =>
    String.fromCodePoint(...Array.from({ length: count }, (_, i) => 0x20000 + ((from + i * step) % 42_000)));
  const variants = Array.from({ length: 200 }, (_, i) => ({
    sku: `V-${i}`,
    title: letters(300, i < 140 ? 1 : 11, i * 300),
    price: { amount: 1, currency: "GBP" },
  }));
  const item = { title: "茶碗", description: letters(10_000, 13, 7), variants };

  const { product: stored } = await shop.staff("create", item);

  expect(stored.variants).toHaveLength(200);
  expect(await titles("茶碗")).toEqual(["茶碗"]);
  expect(await titles("v-199")).toEqual(["茶碗"]);
});

describe("a SKU", () => {
  beforeEach(() =>
    shop.staff("import", {
      items: [
        product("85123A", { title: "Lantern" }),
        product("85124B", { title: "Candle" }),
        product("MUG/BLUE-01", { title: "Mug" }),
        product("X1", { title: "Spare for 85123a", description: "85123a" }),
        product("A1-B", { title: "One" }),
        product("A-1B", { title: "Other" }),
      ],
    }),
  );

  test("is found by its beginning and in any letter case", async () => {
    expect((await titles("8512")).sort()).toEqual(["Candle", "Lantern", "Spare for 85123a"]);
    expect(await titles("85124b")).toEqual(["Candle"]);
    expect(await titles("blue")).toEqual(["Mug"]);
    expect(await titles("mug/bl")).toEqual(["Mug"]);
    expect(await titles("MUG/BLUE-01")).toEqual(["Mug"]);
  });

  test("comes first when it is asked for as a whole, whatever else mentions it", async () => {
    expect(await titles("85123A")).toEqual(["Lantern", "Spare for 85123a"]);
    expect((await titles("a-1b"))[0]).toBe("Other");
  });

  test("that is unknown is not taken for another", async () => {
    expect(await titles("85129A")).toEqual([]);
  });
});

test("a title comes before what variants are called, and that before the description", async () => {
  await shop.staff("import", {
    items: [
      product("T", { title: "A box of many things for the kitchen and the garden" }),
      product("V", {
        title: "Storage",
        variants: [{ sku: "V", title: "Box", price: { amount: 1, currency: "GBP" } }],
      }),
      product("D", { title: "Tins", description: "box ".repeat(50) }),
    ],
  });

  expect(await titles("box")).toEqual(["A box of many things for the kitchen and the garden", "Storage", "Tins"]);
});

test("relevance is the order of a search, other orders are there when asked for, and newest first without one", async () => {
  await shop.staff("import", {
    items: [product("A", { title: "Zebra mug" }), product("B", { title: "Apple", description: "mug" })],
  });

  expect(await titles("mug")).toEqual(["Zebra mug", "Apple"]);
  expect(await titles("mug", { sort: "relevance" })).toEqual(["Zebra mug", "Apple"]);
  expect(await titles("mug", { sort: "title" })).toEqual(["Apple", "Zebra mug"]);
  expect(await titles("", { sort: "relevance" })).toEqual(await titles("", { sort: "-createdAt" }));
});

describe("a misspelt word", () => {
  test.each([
    ["Procter & Gamble soap", "procer"],
    ["Procter & Gamble soap", "proctor soap"],
    ["Hanging lantern", "hangign lanten"],
    ["Teapot", "teapto"],
    ["Lantern", "lantren"],
    ["Straßenlaterne", "strasenlaterne"],
    ["Электрический чайник", "электрическй"],
    ["Электрический чайник", "chainik"],
  ])("finds %s by %s", async (title, q) => {
    await sell(title, "Something else");

    expect(await titles(q)).toEqual([title]);
  });

  test("finds nothing where what was asked for is there", async () => {
    await sell("Procter soap", "Procer mug");

    expect(await titles("procer")).toEqual(["Procer mug"]);
    expect(await titles("procter")).toEqual(["Procter soap"]);
  });

  test("finds nothing where nothing is like it", async () => {
    await sell("Procter soap", "Union jack mug");

    expect(await titles("unicorn")).toEqual([]);
    expect(await titles("procer mug")).toEqual([]);
  });

  test("does not find what the asker may not see", async () => {
    await shop.staff("import", { items: [product("P", { title: "Procter", status: "DRAFT" })] });

    expect(await titles("procer")).toEqual([]);
    expect((await shop.staff("list", { q: "procer" })).data).toHaveLength(1);
  });

  test("is forgiven although a hidden product has it spelled so", async () => {
    const items = [product("P", { title: "Procer", status: "ARCHIVED" }), product("Q", { title: "Procter" })];
    await shop.staff("import", { items });

    expect(await titles("procer")).toEqual(["Procter"]);
  });

  test("costs two statements more, and only where there is nothing else", async () => {
    await sell("Procter soap");

    expect(await shop.counting(() => titles("procter"))).toBe(1);
    expect(await shop.counting(() => titles("procer"))).toBe(3);
    expect(await shop.counting(() => titles("85123A 1"))).toBe(1);
  });
});

test.each(["relevance", "title", "price"] as const)(
  "pages by %s of a search and of a misspelt one are whole, while products and words arrive",
  async (sort) => {
    await shop.staff("import", {
      items: Array.from({ length: 40 }, (_, i) =>
        product(
          `P-${i}`,
          i % 3 === 0 ? { description: `Procter ${"soap ".repeat(i)}` } : { title: `Procter ${i % 5}` },
        ),
      ),
    });
    const before = (await shop.rows("select id from products")).map(({ id }) => id as string).sort();
    let arrived = 0;
    const arrive = () =>
      shop.staff("create", product(`N-${arrived}`, { title: `Proctr${"abc"[arrived++ % 3]} procter` }));

    for (const q of ["procter", "procer"]) {
      const ids = await allPages({ q, sort, limit: 7 }, arrive);
      expect(new Set(ids).size).toBe(ids.length);
      expect(before.filter((id) => !ids.includes(id))).toEqual([]);
    }
  },
);
