import { type Static, Type } from "typebox";
import { defineContract } from "../../contract/contract.ts";
import { After, Currency, Limit, Nullable, OneOf, Page } from "../../contract/fields.ts";

export const GROUPINGS = ["day", "product", "country"] as const;
export type Grouping = (typeof GROUPINGS)[number];

const Count = Type.Integer({ minimum: 0 });
/** Larger than any amount of one order may be, and exact all the same. */
const MoneySum = Type.Object(
  { amount: Type.Integer({ minimum: 0, description: "Minor units of the currency" }), currency: Currency },
  { additionalProperties: false, title: "MoneySum" },
);
const Sales = { orders: Count, units: Count, amount: MoneySum };

/** Never a moment: cut to its day it would count sales that were not asked for. */
const day = (which: string) =>
  Type.String({
    format: "date",
    pattern: "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$",
    description: `The ${which} day, a date of the shop in its \`timeZone\`, included whole`,
  });

const SalesRow = Type.Object(
  {
    key: Type.String({ description: "The day of the shop that the order was placed on, the SKU or the ISO country" }),
    ...Sales,
  },
  { title: "SalesRow" },
);

export const SalesReport = Type.Object(
  {
    ...Page(SalesRow).properties,
    total: Type.Object(Sales, { title: "SalesTotal", description: "Of the whole range, each order once" }),
    timeZone: Type.String({ description: "IANA name of the time zone whose days these are, the shop's" }),
    asOf: Nullable(Type.String({ format: "date-time", description: "When the newest event in here happened" })),
  },
  { title: "SalesReport" },
);
export type SalesReport = Static<typeof SalesReport>;

export const reports = defineContract({
  name: "reports",
  domain: "insight",
  errors: {
    range_reversed: { status: 422, message: "from lies after to" },
    several_currencies: { status: 422, message: "The range holds several currencies; say which one is meant" },
  },
  actions: {
    sales: {
      access: "reports:read",
      idempotent: true,
      params: {
        groupBy: OneOf(GROUPINGS),
        from: Type.Optional(day("first")),
        to: Type.Optional(day("last")),
        currency: Type.Optional(Currency),
        limit: Limit,
        after: After,
      },
      result: SalesReport,
      refusals: ["range_reversed", "several_currencies"],
      http: {
        method: "GET",
        path: "/v1/reports/sales",
        summary: "Confirmed orders by day, product or country",
        example: { groupBy: "day", from: "2026-01-01", currency: "GBP" },
      },
    },
    rebuild: {
      access: "operations",
      params: {},
      result: Type.Object({ status: Type.Literal("REBUILDING") }),
      http: {
        method: "POST",
        path: "/v1/reports/sales/rebuilds",
        summary: "Empty the sales report and build it again from the first event on",
        status: 202,
      },
    },
  },
  events: {},
});
