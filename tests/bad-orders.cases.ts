// Orders that strangers send, and what each is answered with.
import { address, gbp, HALF, INVALID, MALFORMED, NUL, to } from "./support/bad-input.ts";
import { orderBody } from "./support/running-shop.ts";

const TYPE = "415 unsupported_media_type";
const line = { sku: "MUG-BLUE", quantity: 1 };
const order = (changes: Record<string, unknown>) => orderBody(changes);
const raw = (text: string) => JSON.stringify(orderBody()).replace('"quantity":2', text);

export const BAD_ORDERS = to("POST", "/v1/orders", "customer", [
  ["broken off JSON", MALFORMED, '{"currency":"GBP","lines":['],
  ["no body", INVALID, undefined],
  ["a list", INVALID, [orderBody()]],
  ["bytes that are not UTF-8", MALFORMED, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ["a hundred thousand brackets", MALFORMED, "[".repeat(50_000) + "]".repeat(50_000)],
  ["a key named __proto__", MALFORMED, raw('"quantity":2,"__proto__":{"unitPrice":1}')],
  ["the same in disguise", MALFORMED, raw('"quantity":2,"\\u005f_proto__":{"unitPrice":1}')],
  ["a body over the limit", "413 payload_too_large", order({ note: "x".repeat(1_000_001) })],
  ["plain text", TYPE, JSON.stringify(orderBody()), { type: "text/plain" }],
  ["a form", TYPE, "currency=GBP", { type: "application/x-www-form-urlencoded" }],
  ["another charset", TYPE, orderBody(), { type: "application/json; charset=iso-8859-1" }],
  ["a compressed body", TYPE, orderBody(), { headers: { "content-encoding": "gzip" } }],
  ["an unknown field", INVALID, order({ discount: 100 })],
  ["an unknown field of a line", INVALID, order({ lines: [{ ...line, total: gbp(1) }] })],
  ["an unknown field of the address", INVALID, order({ shippingAddress: { ...address, planet: "Mars" } })],
  ["the service's own parameters", INVALID, order({ idempotency: { key: "mine", fingerprint: "mine" } })],
  ["meta of the inside", INVALID, order({ $meta: { roles: ["staff"] }, roles: ["staff"] })],
  ["a constructor", INVALID, order({ constructor: { prototype: { staff: true } } })],
  ["no lines", INVALID, order({ lines: [] })],
  ["too many lines", INVALID, order({ lines: Array.from({ length: 2_001 }, () => line) })],
  ["lines that are text", INVALID, order({ lines: "MUG-BLUE" })],
  ["a quantity that is text", INVALID, raw('"quantity":"2"')],
  ["a quantity of null", INVALID, raw('"quantity":null')],
  ["no quantity", INVALID, order({ lines: [{ sku: "MUG-BLUE" }] })],
  ["none of it", INVALID, raw('"quantity":0')],
  ["less than none of it", INVALID, raw('"quantity":-1')],
  ["one and a half", INVALID, raw('"quantity":1.5')],
  ["a huge quantity", INVALID, raw('"quantity":1000000000')],
  ["a quantity past all numbers", INVALID, raw('"quantity":1e400')],
  ["a currency in small letters", INVALID, order({ currency: "gbp" })],
  ["an unknown currency", INVALID, order({ currency: "QQQ" })],
  ["another currency than the prices'", "422 currency_mismatch", order({ currency: "EUR" })],
  ["an unknown SKU", "422 unknown_sku", order({ lines: [line, { sku: "UNICORN", quantity: 1 }] })],
  ["a SKU of another case", "422 unknown_sku", order({ lines: [{ sku: "mug-blue", quantity: 1 }] })],
  ["an unknown payment method", "422 unknown_payment_method", order({ payment: { method: "pm_gold" } })],
  ["the name of a built-in as method", "422 unknown_payment_method", order({ payment: { method: "toString" } })],
  ["__proto__ as method", "422 unknown_payment_method", order({ payment: { method: "__proto__" } })],
  ["a card number", INVALID, order({ payment: { method: "4242 4242 4242 4242" } })],
  ["NUL in a name", MALFORMED, order({ shippingAddress: { ...address, name: `Ada${NUL}` } })],
  ["half a character in a city", MALFORMED, order({ shippingAddress: { ...address, city: HALF } })],
  ["a country that is none", INVALID, order({ shippingAddress: { ...address, country: "England" } })],
  ["a price of one's own", "403 not_allowed_for_customers", order({ lines: [{ ...line, unitPrice: gbp(1) }] })],
  ["an order in the past", "403 not_allowed_for_customers", order({ placedAt: "2010-12-01T08:26:00Z" })],
  ["a reference of one's own", "403 not_allowed_for_customers", order({ reference: "mine" })],
  ["no Idempotency-Key", "400 idempotency_key_missing", orderBody(), { key: null }],
  ["an endless Idempotency-Key", INVALID, orderBody(), { key: "k".repeat(256) }],
  ["an Idempotency-Key of other letters", INVALID, orderBody(), { key: "schl\u00fcssel" }],
  ["a query", INVALID, orderBody(), { path: "/v1/orders?dryRun=true" }],
]);

export const BAD_STAFF_ORDERS = to("POST", "/v1/orders", "staff", [
  ["an unknown customer", "422 unknown_customer", order({ customerId: "01900000-0000-7000-8000-00000000dead" })],
  ["a customer that is no id", INVALID, order({ customerId: "ada" })],
  ["a sale in the future", "422 placed_in_future", order({ placedAt: "2999-01-01T00:00:00Z" })],
  ["a moment that is none", INVALID, order({ placedAt: "yesterday" })],
  ["a leap second", INVALID, order({ placedAt: "2016-12-31T23:59:60Z" })],
  [
    "mixed currencies",
    "422 currency_mismatch",
    order({ lines: [line, { ...line, unitPrice: { amount: 1, currency: "EUR" } }] }),
  ],
  ["a negative price", INVALID, order({ lines: [{ ...line, unitPrice: gbp(-1) }] })],
  ["half a penny", INVALID, order({ lines: [{ ...line, unitPrice: gbp(0.5) }] })],
  ["a price past all numbers", INVALID, order({ lines: [{ ...line, unitPrice: gbp(1e300) }] })],
  [
    "a total past all numbers",
    "422 total_too_large",
    order({ lines: [{ sku: "MUG-BLUE", quantity: 1_000_000, unitPrice: gbp(1e12) }] }),
  ],
]);
