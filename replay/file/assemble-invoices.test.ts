import { expect, test } from "@jest/globals";
import { assembleInvoices } from "./assemble-invoices.ts";
import type { Row } from "./read-rows.ts";
import { surveyInvoices } from "./survey-invoices.ts";

const DAY = Date.UTC(2010, 11, 1);
const MINUTE = 60_000;

function row(change: Partial<Row>): Row {
  const mug = { invoice: "1", kind: "sale", sku: "MUG", description: "RED MUG", quantity: 1, pence: 255 } as const;
  return { ...mug, at: DAY, customer: "17850", country: "EIRE", ...change };
}

async function* from(rows: Row[], taken: string[] = []): AsyncGenerator<Row> {
  for (const each of rows) {
    taken.push(`row ${each.invoice}`);
    yield each;
  }
}

test("puts scattered rows together, keeps every row a line, and hands an invoice out with its last line", async () => {
  const rows = [
    row({ invoice: "1" }),
    row({ invoice: "2", sku: "POT", pence: 900, customer: undefined }),
    row({ invoice: "1", quantity: 3 }),
    row({ invoice: "2", sku: "POT", quantity: 2, pence: 850, customer: undefined }),
    row({ invoice: "3" }),
  ];
  const { invoices } = await surveyInvoices(from(rows));
  const happened: string[] = [];

  for await (const { invoice, items, placedAt, customer } of assembleInvoices(from(rows, happened), invoices)) {
    expect(placedAt).toBe(DAY);
    happened.push(
      `invoice ${invoice} of ${customer ?? "a guest"}: ${items.map(({ sku, quantity, pence }) => `${quantity} ${sku} at ${pence}`).join(", ")}`,
    );
  }

  expect(happened).toEqual([
    "row 1",
    "row 2",
    "row 1",
    "invoice 1 of 17850: 1 MUG at 255, 3 MUG at 255",
    "row 2",
    "invoice 2 of a guest: 1 POT at 900, 2 POT at 850",
    "row 3",
    "invoice 3 of 17850: 1 MUG at 255",
  ]);
});

test("reads no further than the invoices that were asked for", async () => {
  const rows = [row({ invoice: "1" }), row({ invoice: "2" }), row({ invoice: "3" })];
  const { invoices } = await surveyInvoices(from(rows));
  const happened: string[] = [];

  await assembleInvoices(from(rows, happened), invoices).next();

  expect(happened).toEqual(["row 1"]);
});

test("says that lines are missing when the file changed between its two readings", async () => {
  const { invoices } = await surveyInvoices(from([row({}), row({})]));

  await expect(assembleInvoices(from([row({})]), invoices).next()).rejects.toThrow("The file changed");
});

test("an invoice belongs whole to the day of its first line", async () => {
  const rows = [
    row({ invoice: "1", at: DAY + 1439 * MINUTE }),
    row({ invoice: "1", at: DAY + 1440 * MINUTE }),
    row({ invoice: "2", at: DAY + 1440 * MINUTE }),
    row({ invoice: "2", at: DAY + 1439 * MINUTE }),
  ];

  const { invoices, figures } = await surveyInvoices(from(rows), DAY);

  expect([...invoices.keys()]).toEqual(["1"]);
  expect(figures).toMatchObject({ invoices: 1, lines: 2, total: 510 });
});

test("a product takes its title from the catalogue's capitals, and the highest price charged", async () => {
  const descriptions = ["", "?", "damaged mug", "RED MUG", "RED MUG RETROSPOT"];
  const rows = descriptions.map((description, index) => row({ description, pence: [255, 295, 200, 210, 220][index]! }));

  const { products } = await surveyInvoices(from([...rows, row({ sku: "M", description: "" })]));

  expect(products.get("MUG")).toEqual({ sku: "MUG", title: "RED MUG", listPrice: 295, units: 5 });
  expect(products.get("M")?.title).toBe("M");
});

test("counts credits and other invoices apart, and gifts not at all", async () => {
  const { figures, credits, others } = await surveyInvoices(
    from([
      row({ invoice: "1", pence: 0 }),
      row({ invoice: "C2", kind: "credit", quantity: -2 }),
      row({ invoice: "C2", kind: "credit", quantity: -1 }),
      row({ invoice: "A3", kind: "other" }),
    ]),
  );

  expect(figures.invoices).toBe(0);
  expect(credits).toEqual({ invoices: 1, rows: 2, pence: 765 });
  expect(others).toEqual({ invoices: 1, rows: 1 });
});
