import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
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

  expect(answer).toMatchObject({ accepted: 2, rejected: 0, errors: [] });
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

  expect(await shop.staff("import", { csv: text })).toMatchObject({ accepted: 1, rejected: 0, errors: [] });
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

test("a title that holds a line break is refused in its line", async () => {
  const { errors } = await csv('a,A,"two\nlines",A,,1,GBP', 'b,"Two\nlines",,B,,1,GBP');

  expect(errors.map(({ row, code }) => `${row} ${code}`)).toEqual(["4 validation_failed"]);
});

test("rows that name neither slug nor title are refused each by itself", async () => {
  const { errors } = await csv(",,,M1,,1,GBP", ",,,M2,,2,GBP");

  expect(errors.map(({ row, code }) => `${row} ${code}`)).toEqual(["2 validation_failed", "3 validation_failed"]);
});

test("a file without slugs adds a variant to a product that it sold before", async () => {
  const head = "title,sku,price,currency";
  const send = (...lines: string[]) => shop.staff("import", { csv: [head, ...lines].join("\n") });
  await send("Mug,M1,1,GBP");

  expect(await send("Mug,M1,1,GBP", "Mug,M2,2,GBP")).toMatchObject({ accepted: 1, errors: [] });
  expect(await send("Mug,M3,3,GBP")).toMatchObject({ accepted: 1, errors: [] });

  expect(await stored()).toEqual(['mug "Mug" v3']);
  expect(await skusOf("mug")).toEqual(["M1 100", "M2 200", "M3 300"]);
});

test("a row without a slug, under a title that another row gives to a slug, is refused", async () => {
  expect((await csv("mug,Mug,,M1,,1,GBP", ",Mug,,M2,,1,GBP")).errors).toEqual([
    { row: 3, code: "ambiguous_product", message: expect.stringContaining("the product mug") },
  ]);
});

test("every line is answered with what became of its product", async () => {
  await csv("pot,Pot,,P,,1,GBP");

  const { rows } = await csv(
    "mug,Mug,,M1,,1,GBP",
    "bad,Bad,,B1,,1,GBP",
    "mug,,,M2,,1,GBP",
    "bad,,,B2,,x,GBP",
    "pot,Pot,,P,,2,GBP",
  );

  expect(rows.map(({ row, outcome, slug }) => `${row} ${outcome} ${slug}`)).toEqual([
    "2 created mug",
    "3 error undefined",
    "4 created mug",
    "5 error undefined",
    "6 updated pot",
  ]);
});

describe("each row has its line of the file", () => {
  const errorRows = async (text: string) => (await shop.staff("import", { csv: text })).errors.map(({ row }) => row);

  test.each(["\n", "\r\n", "\r"])(
    "with line breaks %j in cells, empty lines and a byte order mark before it",
    async (end) => {
      const lines = [
        `\ufeff${HEAD}`,
        "",
        'a,A,"one',
        "two",
        '",A,,1,GBP',
        "b,B,,B,,no price,GBP",
        ",,,,,,",
        'c,C,"one',
        '",C,,no price,GBP',
      ];

      expect(await errorRows(lines.join(end))).toEqual([6, 8]);
    },
  );
});

describe("rows without anything in them are ignored:", () => {
  test.each([",,,,,,", "  ", "", ", , ,\t,,,", ",", '"","",,,,,', ",,,,,,,,,"])("%j", async (row) => {
    expect(await csv(row, "a,A,,A,,1,GBP", row)).toMatchObject({ accepted: 1, rejected: 0, errors: [] });
  });
});

describe("a file is read as spreadsheets write it:", () => {
  const A_MUG = ['mug "Mug, blue" v1'];
  test.each([
    ["with semicolons and decimal commas", "slug;title;sku;price;currency\nmug;Mug, blue;M;4,95;EUR\n"],
    ["with semicolons and quotes around names", '"slug";"title";"sku";"price";"currency"\nmug;Mug, blue;M;4,95;EUR\n'],
    ["with tabs", "slug\ttitle\tsku\tprice\tcurrency\nmug\tMug, blue\tM\t4,95\tEUR\n"],
    ["with tabs and decimal points", "slug\ttitle\tsku\tprice\tcurrency\nmug\tMug, blue\tM\t4.95\tEUR\n"],
    ["with names in other case and spacing", 'Slug, TITLE ,sku,Price , currency\nmug,"Mug, blue",M,4.95,EUR\n'],
    ["with names of two words", 'slug,title,sku,price,currency,Variant Title\nmug,"Mug, blue",M,4.95,EUR,\n'],
    ["with an underscore", 'slug,title,sku,price,currency,variant_title\nmug,"Mug, blue",M,4.95,EUR,\n'],
    ["with an empty last column", 'slug,title,sku,price,currency,\nmug,"Mug, blue",M,4.95,EUR,\n'],
    ["with empty last columns of different numbers", 'slug,title,sku,price,currency,,\nmug,"Mug, blue",M,4.95,EUR\n'],
    ["with empty cells behind the last column", 'slug,title,sku,price,currency\nmug,"Mug, blue",M,4.95,EUR,,,\n'],
    [
      "with an empty line and a byte order mark at its head",
      '\ufeff\n\nslug,title,sku,price,currency\nmug,"Mug, blue",M,4.95,EUR\n',
    ],
  ])("%s", async (_, text) => {
    expect(await shop.staff("import", { csv: text })).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await stored()).toEqual(A_MUG);
    expect(await skusOf("mug")).toEqual(["M 495"]);
  });
  test("a cell behind the last column is no empty one", async () => {
    expect((await csv("a,A,,A,,1,GBP,,x")).errors).toEqual([
      { row: 2, code: "malformed_row", message: "The row has 9 cells, and there are 7 columns" },
    ]);
  });
});

describe("a price that may mean another one is refused in its row:", () => {
  test.each([
    [",", '"4,95"', "GBP", "has a comma"],
    [",", '"1,299.00"', "GBP", "marks between its thousands"],
    [",", "€5", "GBP", "is no number"],
    [",", "1.5", "JPY", "more decimals than JPY"],
    [",", "4.955", "GBP", "more decimals than GBP"],
    [",", "", "GBP", "The price is missing"],
    [";", "1.299", "EUR", "write 1299 if that is meant"],
    [";", "1 299,00", "EUR", "marks between its thousands"],
    ["\t", "1.299", "EUR", "write 1299 if that is meant"],
  ])("between %j %s %s", async (delimiter, price, currency, message) => {
    const text = [
      ["title", "sku", "price", "currency"],
      ["Good", "G", "5", "GBP"],
      ["Bad", "B", price, currency],
    ].map((cells) => cells.join(delimiter));

    const answer = await shop.staff("import", { csv: text.join("\n") });

    expect(answer.errors).toEqual([{ row: 3, code: "invalid_price", message: expect.stringContaining(message) }]);
    expect(await stored()).toEqual(['good "Good" v1']);
  });
});

test("a comma before three digits is no decimal one, where other prices have decimal points", async () => {
  const text = "title\tsku\tprice\tcurrency\nA\tA\t1,299\tKWD\nB\tB\t4.95\tGBP\n";

  const { errors } = await shop.staff("import", { csv: text });

  expect(errors).toEqual([
    { row: 2, code: "invalid_price", message: expect.stringContaining("write 1299 if that is meant") },
  ]);
});

describe("a status", () => {
  const send = (...lines: string[]) =>
    shop.staff("import", { csv: ["slug,title,sku,price,currency,status", ...lines].join("\n") });
  const statuses = async () =>
    (await shop.rows("select slug, status from products order by slug")).map(({ slug, status }) => `${slug} ${status}`);

  test("is that of the product, or as it was, or ACTIVE at first", async () => {
    await send("a,A,A,1,GBP,draft", "b,B,B,1,GBP,Archived", "c,C,C,1,GBP,ACTIVE", "d,D,D,1,GBP,");
    expect(await statuses()).toEqual(["a DRAFT", "b ARCHIVED", "c ACTIVE", "d ACTIVE"]);

    const { warnings } = await send("a,A,A,1,GBP,", "b,B,B,1,GBP,", "c,C,C,1,GBP,archived", "d,D,D,1,GBP,");
    expect(await statuses()).toEqual(["a DRAFT", "b ARCHIVED", "c ARCHIVED", "d ACTIVE"]);
    expect(warnings).toEqual([
      { row: 3, code: "stays_archived", message: expect.stringContaining("b stays archived") },
    ]);
  });
  test("that is none is refused, and so are two of one product", async () => {
    const { errors } = await send(
      "a,A,A,1,GBP,sold",
      "b,B,B1,1,GBP,draft",
      "b,,B2,1,GBP,active",
      "c,C,C1,1,GBP,draft",
      "c,,C2,1,GBP,",
    );

    expect(errors).toEqual([
      { row: 2, code: "invalid_status", message: "sold is no status: write ACTIVE, DRAFT, ARCHIVED, or nothing" },
      { row: 4, code: "conflicting_rows", message: expect.any(String) },
    ]);
    expect(await statuses()).toEqual(["c DRAFT"]);
  });
});

describe("a quote that is not closed refuses the file and names its line,", () => {
  const COLUMNS = "slug,title,description,sku,price,currency";
  const said = async (...lines: string[]) => {
    const error = await shop.staff("import", { csv: [COLUMNS, ...lines].join("\r\n") }).catch((each) => each);
    return `${error.type} ${error.message}`;
  };
  afterEach(async () => {
    expect(await stored()).toEqual([]);
  });

  test("before rows without quotes", async () => {
    const rows = ["b", "c", "d"].map((slug) => `uz-${slug},Mug ${slug},Fine,UZ-${slug},2.00,GBP`);

    expect(await said('uz-a,Mug A,"Our best,UZ-A,1.00,GBP', ...rows)).toMatch(
      /^MALFORMED_CSV Line 2: .* never closed$/,
    );
  });
  test("before rows with quotes", async () => {
    const rows = ["b", "c", "d"].map((slug) => `uz-${slug},Mug ${slug},"Fine, too",UZ-${slug},2.00,GBP`);

    expect(await said('uz-a,Mug A,"Our best,UZ-A,1.00,GBP', ...rows)).toMatch(/^MALFORMED_CSV Line 2: .* in line 3 /);
  });
  test("before a row with empty quotes", async () => {
    expect(await said('uz-a,Mug A,"Our best,UZ-A,1.00,GBP', 'uz-b,Mug B,"",UZ-B,2.00,GBP')).toMatch(
      /^MALFORMED_CSV Line 2: .* never closed$/,
    );
  });
  test.each([
    ["in the middle", 'uz-a,Mug A,"Our best,UZ-A,1.00,GBP', 'uz-b,Mug B,10",UZ-B,2.00,GBP'],
    ["in the first cell", '"uz-a,Mug A,Our best,UZ-A,1.00,GBP', 'uz-b",Mug B,10,UZ-B,2.00,GBP'],
    ["in the last cell", 'uz-a,Mug A,Our best,UZ-A,1.00,"GBP', 'uz-b,Mug B,10,UZ-B,2.00,GBP"'],
    [
      "rows before",
      'uz-a,Mug A,"Our best,UZ-A,1.00,GBP',
      "uz-b,Mug B,Fine,UZ-B,2.00,GBP",
      'uz-c,Mug C,10",UZ-C,2.00,GBP',
    ],
  ])("before an inch sign at the end of a cell, which would close it: %s", async (_, ...rows) => {
    expect(await said(...rows)).toMatch(
      /^MALFORMED_CSV Line 2: a quote is not closed, and would swallow the rows down to line [34]$/,
    );
  });
});

test("text of many lines and commas in quotes is no row that was swallowed", async () => {
  const { accepted, errors } = await shop.staff("import", {
    csv: 'sku,price,currency,title,description\nA,1.00,GBP,A,"Sizes: S, M, L, XL\nA,1.00,GBP,A,\nColours: red, green, blue, white"\n',
  });

  expect({ accepted, errors }).toEqual({ accepted: 1, errors: [] });
});
