import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CannotReplay } from "../errors.ts";
import { type BadRow, isSaleLine, type Row, readRows } from "./read-rows.ts";

const HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const MUG = "536365,85123A,RED MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "replay-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array): Promise<{ rows: Row[]; bad: BadRow[] }> {
  const file = join(folder, "invoices");
  await writeFile(file, content);
  const bad: BadRow[] = [];
  const rows: Row[] = [];
  for await (const row of readRows(file, (unreadable) => bad.push(unreadable))) rows.push(row);
  return { rows, bad };
}

async function readRow(line: string): Promise<Row> {
  const { rows, bad } = await read(`${HEADER}\n${line}\n`);
  expect(bad).toEqual([]);
  return rows[0]!;
}

test("reads a sale line, its price in pence and its date in UTC", async () => {
  const row = await readRow(MUG);

  expect(row).toEqual({
    invoice: "536365",
    kind: "sale",
    sku: "85123A",
    description: "RED MUG",
    quantity: 6,
    pence: 255,
    at: Date.UTC(2010, 11, 1, 8, 26),
    customer: "17850",
    country: "United Kingdom",
  });
  expect(isSaleLine(row)).toBe(true);
});

test.each([
  ["a zero price", "536365,1,GIFT,6,2010-12-01 08:26:00,0.0,,X"],
  ["a negative price", "536365,1,BAD DEBT,1,2010-12-01 08:26:00,-11062.06,,X"],
  ["a negative quantity", "536365,1,LOST,-6,2010-12-01 08:26:00,2.55,,X"],
  ["a quantity of zero", "536365,1,LOST,0,2010-12-01 08:26:00,2.55,,X"],
  ["a price of half a penny", "536365,1,BEAD,6,2010-12-01 08:26:00,0.005,,X"],
  ["a credit", "C536365,1,MUG,-6,2010-12-01 08:26:00,2.55,,X"],
  ["an invoice number with another letter", "A563185,1,MUG,6,2010-12-01 08:26:00,2.55,,X"],
])("takes %s for no sale line, and for no error", async (_, line) => {
  expect(isSaleLine(await readRow(line))).toBe(false);
});

test("tells sales, credits and other invoices apart by their number", async () => {
  const numbers = ["536365", "C536379", "A563185", "536365A"];
  const { rows } = await read([HEADER, ...numbers.map((number) => MUG.replace("536365", number))].join("\n"));

  expect(rows.map(({ kind }) => kind)).toEqual(["sale", "credit", "other", "other"]);
});

test("takes a missing customer for a guest, and a number with or without .0 for the same customer", async () => {
  expect((await readRow(MUG.replace("17850.0", ""))).customer).toBeUndefined();
  expect((await readRow(MUG.replace("17850.0", "17850"))).customer).toBe("17850");
});

test("sells codes that are no products: postage, charges, vouchers", async () => {
  for (const code of ["POST", "BANK CHARGES", "gift_0001_20", "m"]) {
    expect(isSaleLine(await readRow(MUG.replace("85123A", code)))).toBe(true);
  }
});

test("reads the other published header, in any order of columns", async () => {
  const { rows } = await read(
    "Country,Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID\nEIRE,1,A,MUG,2,12/1/2010 8:26,3.5,7\n",
  );

  expect(rows[0]).toMatchObject({ country: "EIRE", invoice: "1", pence: 350, customer: "7" });
  expect(rows[0]?.at).toBe(Date.UTC(2010, 11, 1, 8, 26));
});

test("reports unreadable rows with their line in the file and reads the rest", async () => {
  const { rows, bad } = await read(
    [
      HEADER,
      MUG.replace("RED MUG", '"RED\nMUG"'),
      "536365,85123A,SHORT",
      MUG.replace(",6,", ",six,"),
      "",
      MUG.replace("2.55", "1e3"),
      MUG.replace("2010-12-01", "2010-02-31"),
      MUG.replace("536365", ""),
      `${MUG},surplus`,
      MUG,
    ].join("\r\n"),
  );

  expect(rows.map(({ description }) => description)).toEqual(["RED MUG", "RED MUG"]);
  expect(bad).toEqual([
    { line: 4, problem: "it has 3 columns, the header names 8" },
    { line: 5, problem: 'the quantity "six" is no whole number' },
    { line: 7, problem: 'the price "1e3" is no amount' },
    { line: 8, problem: 'the date "2010-02-31 08:26:00" is none' },
    { line: 9, problem: "it has no invoice number" },
    { line: 10, problem: "it has 9 columns, the header names 8" },
  ]);
});

test("loses only the row whose quote is not closed, near another such row and far from it", async () => {
  const open = MUG.replace("RED MUG", '"RED MUG');
  const { rows, bad } = await read(
    [HEADER, open, MUG, open, ...Array(80).fill(MUG), MUG.replace("RED MUG", '"RED ""MUG"", BIG"'), open].join("\n"),
  );

  expect(bad.map(({ line }) => line)).toEqual([2, 4, 86]);
  expect(rows).toHaveLength(82);
  expect(rows.at(-1)?.description).toBe('RED "MUG", BIG');
});

test("takes a quote inside a field for what it is", async () => {
  expect((await readRow(MUG.replace("RED MUG", '6" RULER'))).description).toBe('6" RULER');
});

test("reads gzip by its bytes, a byte order mark, and a pound sign that is not UTF-8", async () => {
  const latin = Buffer.from(`${HEADER}\n${MUG.replace("RED MUG", "VOUCHER £40")}\n`, "latin1");
  const marked = Buffer.concat([Buffer.from("\ufeff"), latin]);

  for (const content of [marked, gzipSync(marked)]) {
    expect((await read(content)).rows[0]?.description).toBe("VOUCHER £40");
  }
});

test("refuses a file of another format, a broken gzip, an empty file and a missing one in one sentence", async () => {
  await expect(read("a,b,c\n1,2,3\n")).rejects.toThrow("is not in the Online Retail format: no column invoiceno.");
  await expect(read(gzipSync(`${HEADER}\n${MUG}\n`).subarray(0, -12))).rejects.toThrow(CannotReplay);
  await expect(read("")).rejects.toThrow("is empty");
  await expect(readRows(join(folder, "nothing"), () => {}).next()).rejects.toThrow("cannot be read");
});
