// What else strangers send, and what each of it is answered with.
import { address, type Case, gbp, HALF, INVALID, MALFORMED, NUL, to, type Who } from "./support/bad-input.ts";

const PASSWORD = "a walk by the sea";
const product = (changes: object) => ({ title: "Jug", variants: [{ sku: "JUG", price: gbp(900) }], ...changes });

export const BAD_BODIES = [
  ...to("POST", "/v1/auth/register", "anyone", [
    ["an address that is none", INVALID, { email: "ada", password: PASSWORD, name: "Ada" }],
    ["an address with a gap", INVALID, { email: "ada @example.com", password: PASSWORD, name: "Ada" }],
    [
      "an address of two lines",
      INVALID,
      { email: "ada@example.com\r\nBcc: b@example.com", password: PASSWORD, name: "Ada" },
    ],
    ["a domain that is none", "422 invalid_email", { email: "ada@xn--\u00fc.com", password: PASSWORD, name: "Ada" }],
    ["a name of blanks", INVALID, { email: "blank@example.com", password: PASSWORD, name: " \t " }],
    ["NUL in a name", MALFORMED, { email: "nul@example.com", password: PASSWORD, name: `A${NUL}` }],
    ["a role of one's own", INVALID, { email: "r@example.com", password: PASSWORD, name: "R", roles: ["staff"] }],
    ["an endless password", INVALID, { email: "p@example.com", password: "p".repeat(200), name: "P" }],
    [
      "an address for the client",
      INVALID,
      { email: "c@example.com", password: PASSWORD, name: "C", clientAddress: "1.2.3.4" },
    ],
  ]),
  ...to("POST", "/v1/auth/refresh", "anyone", [
    ["NUL as a token", MALFORMED, { refreshToken: NUL }],
    ["a number as a token", INVALID, { refreshToken: 1 }],
  ]),
  ...to("POST", "/v1/users/me/addresses", "customer", [
    ["NUL in a street", MALFORMED, { ...address, line1: `1${NUL}` }],
    ["half a character in a city", MALFORMED, { ...address, city: HALF }],
    ["a name of blanks", INVALID, { ...address, name: "\u3000" }],
    ["a line break in a name", INVALID, { ...address, name: "Ada\r\nLovelace" }],
    ["a street that turns the label round", INVALID, { ...address, line1: "12 \u2067St James" }],
    ["a country that is none", INVALID, { ...address, country: "XX" }],
    ["a country by its other name", INVALID, { ...address, country: "UK" }],
    ["a country of a sale made elsewhere", INVALID, { ...address, country: "ZZ" }],
    ["no postal code where there is one", "422 invalid_address", { ...address, postalCode: "" }],
    ["another country's postal code", "422 invalid_address", { ...address, postalCode: "75001" }],
    ["the owner's id", INVALID, { ...address, userId: "01900000-0000-7000-8000-000000000ada" }],
  ]),
  ...to("PATCH", "/v1/users/me", "customer", [
    [
      "a version past all versions",
      "412 version_mismatch",
      { name: "A" },
      { headers: { "if-match": '"999999999999999"' } },
    ],
  ]),
  ...to("POST", "/v1/users", "staff", [
    ["NUL in a name", MALFORMED, { email: "nul@example.com", name: NUL }],
    ["half a character as a name", MALFORMED, { email: "half@example.com", name: HALF }],
    ["a reference with a space", INVALID, { email: "ref@example.com", name: "Ref", reference: "a b" }],
  ]),
  ...to("POST", "/v1/stock-adjustments", "staff", [
    ["neither delta nor level", INVALID, { sku: "MUG-BLUE", reason: "?" }],
    ["both delta and level", INVALID, { sku: "MUG-BLUE", delta: 1, onHand: 1, reason: "?" }],
    ["half a mug", INVALID, { sku: "MUG-BLUE", delta: 0.5, reason: "broken" }],
    ["more than there is", "409 stock_reserved", { sku: "MUG-BLUE", delta: -200_000, reason: "lost" }],
    ["a level below zero", INVALID, { sku: "MUG-BLUE", onHand: -1, reason: "lost" }],
    ["an immense delta", INVALID, { sku: "MUG-BLUE", delta: 1e12, reason: "found" }],
    ["a reason of blanks", INVALID, { sku: "MUG-BLUE", delta: 1, reason: "   " }],
    ["NUL as a reason", MALFORMED, { sku: "MUG-BLUE", delta: 1, reason: NUL }],
    ["half a character as a reason", MALFORMED, { sku: "MUG-BLUE", delta: 1, reason: HALF }],
    ["no reason", INVALID, { sku: "MUG-BLUE", delta: 1, reason: "" }],
  ]),
  ...to("POST", "/v1/products", "staff", [
    ["NUL in a title", MALFORMED, product({ title: `Jug${NUL}` })],
    ["half a character in a title", MALFORMED, product({ title: HALF })],
    ["NUL in a description", MALFORMED, product({ description: NUL })],
    ["a price below zero", INVALID, product({ variants: [{ sku: "JUG", price: gbp(-1) }] })],
    ["an unknown currency", INVALID, product({ variants: [{ sku: "JUG", price: { amount: 1, currency: "QQQ" } }] })],
    ["a title of blanks", INVALID, product({ title: " \u2003\u200b" })],
    ["a line break in a title", INVALID, product({ title: "Jug\nJar" })],
    ["a title that turns the page round", INVALID, product({ title: "Jug \u202eraJ" })],
    [
      "a SKU twice",
      "422 duplicate_sku",
      product({
        variants: [
          { sku: "JUG", price: gbp(1) },
          { sku: "JUG", price: gbp(2) },
        ],
      }),
    ],
    ["another product's SKU", "409 sku_taken", product({ variants: [{ sku: "MUG-BLUE", price: gbp(1) }] })],
    ["another product's slug", "409 slug_taken", product({ slug: "teapot" })],
    ["an id of one's own", INVALID, product({ id: "01900000-0000-7000-8000-000000000ada" })],
  ]),
  ...to("POST", "/v1/product-imports", "staff", [
    ["items that are none", INVALID, { items: "many" }],
    ["a CSV without its columns", "422 malformed_csv", "name,cost\nJug,9\n", { type: "text/csv" }],
    [
      "a CSV with an open quote",
      "422 malformed_csv",
      'title,sku,price,currency\n"Jug,JUG,9,GBP\n',
      { type: "text/csv" },
    ],
    ["a CSV that is not UTF-8", INVALID, Buffer.from([0x74, 0xff, 0x0a]), { type: "text/csv" }],
  ]),
];

const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString("base64url");
const CURSORS: [string, string][] = [
  ["NUL", cursor(NUL)],
  ["a word", cursor("word")],
  ["a number", cursor(1.5)],
  ["a number past all numbers", cursor(1e300)],
  ["an object", cursor({})],
];
const LISTS: [string, Who][] = [
  ["/v1/products", "anyone"],
  ["/v1/orders", "customer"],
  ["/v1/users", "staff"],
  ["/v1/stock-movements", "staff"],
];

type Ask = [path: string, said: string, who?: Who];
const ASKS: Ask[] = [
  ["/v1/products?q=%00", INVALID],
  ["/v1/products/%00", INVALID],
  ["/v1/products/%ZZ", INVALID],
  ["/v1/products?q=%ff", INVALID],
  ["/v1/products?q=a&q=b", INVALID],
  ["/v1/products?q[$ne]=a", INVALID],
  ["/v1/products?__proto__[x]=1", INVALID],
  ["/v1/products?limit=1e9", INVALID],
  ["/v1/products?filter[priceFrom]=99999999999999999999", INVALID],
  ["/v1/products?sort=title%3Bdrop%20table%20products", INVALID],
  ["/v1/availability?skus=%00", INVALID],
  ["/v1/availability", INVALID],
  ["/v1/orders/%00", INVALID, "customer"],
  ["/v1/orders/1%20or%201=1", INVALID, "customer"],
  ["/v1/orders?filter[status]=LOST", INVALID, "customer"],
  ["/v1/orders?filter[reference]=%00", INVALID, "staff"],
  ["/v1/orders?filter[placedFrom]=2016-12-31T23:59:60Z", INVALID, "staff"],
  ["/v1/orders?filter[placedFrom]=0000-01-01T00:00:00Z", INVALID, "staff"],
  ["/v1/orders?filter[customerId]=01900000-0000-7000-8000-000000000ada", "403 not_allowed_for_customers", "customer"],
  ["/v1/stock-levels/%00", INVALID, "staff"],
  ["/v1/stock-levels/UNICORN", "404 unknown_stock_item", "staff"],
  ["/v1/users?filter[email]=%00", INVALID, "staff"],
  ["/v1/reports/sales?groupBy=day&from=2026-11-27T00:00:00Z", INVALID, "staff"],
  ["/v1/reports/sales?groupBy=day&to=2026-02-30", INVALID, "staff"],
];

// A UUID as RFC 9562 allows to write it, but Postgres does not read it.
const URN = "urn:uuid:01900000-0000-7000-8000-000000000ada";
const URNS: Ask[] = [
  [`/v1/products/${URN}`, "404 product_not_found"],
  [`/v1/orders/${URN}`, INVALID, "customer"],
  [`/v1/orders/${URN}/timeline`, INVALID, "customer"],
  [`/v1/orders?filter[customerId]=${URN}`, INVALID, "staff"],
  [`/v1/users/${URN}`, INVALID, "staff"],
  [`/v1/users/me/addresses/${URN}`, INVALID, "customer"],
  [`/v1/stock-movements?filter[orderId]=${URN}`, INVALID, "staff"],
];

export const BAD_QUERIES: Case[] = [
  ...[...ASKS, ...URNS].map(([path, said, who = "anyone"]): Case => ({ why: path, said, who, method: "GET", path })),
  ...LISTS.flatMap(([list, who]) =>
    CURSORS.map(([why, after]): Case => {
      const path = `${list}?after=${after}`;
      return { why: `${list} after ${why}`, said: "422 invalid_cursor", who, method: "GET", path };
    }),
  ),
  // Here any word can be where a page ended.
  ...["NUL", "a number"].map((why): Case => {
    const path = `/v1/stock-levels?after=${CURSORS.find(([name]) => name === why)?.[1]}`;
    return { why: `/v1/stock-levels after ${why}`, said: "422 invalid_cursor", who: "staff", method: "GET", path };
  }),
];
