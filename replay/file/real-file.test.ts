import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { assembleInvoices } from "./assemble-invoices.ts";
import { readRows } from "./read-rows.ts";
import { surveyInvoices } from "./survey-invoices.ts";

const FILE = fileURLToPath(new URL("../../../shared/data/online-retail/2010-12.csv.gz", import.meta.url));
const present = existsSync(FILE);
if (!present) console.warn(`Left out: the figures of a real shop's month, since ${FILE} is not there.`);
const testOnRealFile = present ? test : test.skip;

const rows = () =>
  readRows(FILE, ({ line, problem }) => {
    throw new Error(`line ${line}: ${problem}`);
  });

testOnRealFile("a real shop's day comes to the published figures", async () => {
  const { figures, credits } = await surveyInvoices(rows(), Date.UTC(2010, 11, 1));

  expect(figures).toEqual({
    invoices: 127,
    lines: 3_072,
    units: 26_919,
    skus: 1_340,
    customers: 95,
    guestInvoices: 6,
    total: 5_896_079,
    largestInvoice: 691_565,
    mostSold: { sku: "17021", units: 600 },
  });
  expect(credits).toEqual({ invoices: 6, rows: 26, pence: 32_523 });
});

testOnRealFile("a real shop's month comes to the published figures, and assembles to the same total", async () => {
  const { figures, credits, invoices } = await surveyInvoices(rows());
  let total = 0;
  for await (const { items } of assembleInvoices(rows(), invoices)) {
    for (const { quantity, pence } of items) total += quantity * pence;
  }

  expect(figures).toEqual({
    invoices: 1_559,
    lines: 41_480,
    units: 359_239,
    skus: 2_788,
    customers: 885,
    guestInvoices: 159,
    total: 82_374_614,
    largestInvoice: 1_874_586,
    mostSold: { sku: "84077", units: 5_195 },
  });
  expect(credits).toEqual({ invoices: 326, rows: 728, pence: 7_478_912 });
  expect(total).toBe(figures.total);
});
