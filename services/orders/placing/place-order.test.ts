import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { call } from "../../../contract/typed.ts";
import { as } from "../../../tests/support/broker.ts";
import { ADA, BOB, CLERK, type OrderShop, openShop, orderOf, place } from "../../../tests/support/order-shop.ts";
import { until } from "../../../tests/support/until.ts";

const ada = as("customer", ADA);
const clerk = as("staff", CLERK);
let shop: OrderShop;
let now: Date;

beforeEach(async () => {
  now = new Date("2026-03-01T12:00:00Z");
  shop = await openShop(() => now);
});
afterEach(() => shop.close());

const count = async (table: string, where = "true") => {
  const [row] = await shop.orders.query<{ n: number }>({
    name: `test_count_${table}_${where}`.slice(0, 60),
    text: `select count(*)::int as n from ${table} where ${where}`,
  });
  return row?.n;
};
const reserved = async (sku: string) => {
  const [row] = await shop.inventory.query<{ reserved: number }>(
    { name: "test_reserved", text: "select reserved from stock_levels where sku = $1" },
    [sku],
  );
  return row?.reserved;
};
const charges = () => shop.sandbox.query({ name: "test_charges", text: "select status from charges order by key" });

test("an order is priced, held, paid and confirmed", async () => {
  const { order, replayed } = await place(shop.broker, orderOf());

  expect(replayed).toBe(false);
  expect(order).toMatchObject({
    status: "CONFIRMED",
    reason: null,
    paymentStatus: "AUTHORIZED",
    customerId: ADA,
    total: { amount: 5900, currency: "GBP" },
    lines: [
      { sku: "MUG", title: "The MUG", quantity: 2, unitPrice: { amount: 1250 }, total: { amount: 2500 } },
      { sku: "TEAPOT", quantity: 1, total: { amount: 3400 } },
    ],
  });
  expect(await reserved("MUG")).toBe(2);
  expect(await charges()).toEqual([{ status: "authorized" }]);
});

test("what the answer says is what is read later", async () => {
  const { order } = await place(shop.broker, orderOf());

  expect(await call(shop.broker, "orders.get", { id: order.id }, ada)).toEqual(order);
});

test("the timeline tells every step, oldest first, and each change has its event", async () => {
  const { order } = await place(shop.broker, orderOf());
  const timeline = await call(shop.broker, "orders.timeline", { id: order.id }, ada);

  expect(timeline.data.map((entry) => entry.type)).toEqual([
    "order.created",
    "order.stock_reserved",
    "order.payment_authorized",
    "order.stock_committed",
    "order.confirmed",
  ]);
  const events = await shop.orders.query({
    name: "test_outbox",
    text: "select type, aggregate_version as v from outbox order by id",
  });
  expect(events).toEqual([
    { type: "orders.created", v: 1 },
    { type: "orders.confirmed", v: 2 },
  ]);
});

test("out of stock is an order that was rejected, and nothing was charged", async () => {
  const { order } = await place(shop.broker, orderOf({ lines: [{ sku: "MUG", quantity: 1_001 }] }));

  expect(order).toMatchObject({ status: "REJECTED", reason: "out_of_stock" });
  expect(await charges()).toEqual([]);
  expect(await reserved("MUG")).toBe(0);
});

test("a declined payment leaves the order to say so, and its stock is free again", async () => {
  const { order } = await place(shop.broker, orderOf({ payment: { method: "pm_card_visa_chargeDeclined" } }));

  expect(order).toMatchObject({ status: "PAYMENT_FAILED", reason: "card_declined", paymentStatus: "FAILED" });
  expect(await reserved("MUG")).toBe(0);
});

test("lines of one SKU stand each by itself while their stock is summed", async () => {
  const lines = [
    { sku: "MUG", quantity: 600 },
    { sku: "MUG", quantity: 600 },
  ];
  const tooMany = await place(shop.broker, orderOf({ lines }));
  const fine = await place(shop.broker, orderOf({ lines: lines.map((line) => ({ ...line, quantity: 3 })) }));

  expect(tooMany.order.status).toBe("REJECTED");
  expect(fine.order.lines).toHaveLength(2);
  expect(await reserved("MUG")).toBe(6);
});

test("fifty parallel identical requests over two nodes make one order and one charge", async () => {
  const other = await shop.node();
  const order = orderOf();

  const answers = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) => place(i % 2 ? shop.broker : other, order)),
  );

  const ids = new Set(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.order.id] : [])));
  const refusals = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason.type] : []));
  expect(ids.size).toBe(1);
  expect(new Set(refusals)).toEqual(new Set(["IDEMPOTENCY_IN_PROGRESS"]));
  expect(await count("orders")).toBe(1);
  expect(await charges()).toHaveLength(1);
});

test("a replay is the first answer, also when the SKU is no longer sold", async () => {
  const order = orderOf();
  const first = await place(shop.broker, order);

  const again = await place(shop.broker, { ...order, lines: [{ sku: "GONE", quantity: 1 }] });

  expect(again).toEqual({ order: first.order, replayed: true });
});

test("a key used again with another body is refused", async () => {
  const order = orderOf();
  await place(shop.broker, order);

  const other = { ...order, idempotency: { ...order.idempotency, fingerprint: "another" } };
  await expect(place(shop.broker, other)).rejects.toMatchObject({ code: 422, type: "IDEMPOTENCY_KEY_REUSED" });
});

test("two customers may use the same key", async () => {
  const order = orderOf();

  const one = await place(shop.broker, order);
  const two = await place(shop.broker, order, as("customer", BOB));

  expect(two.order.id).not.toBe(one.order.id);
});

test("a customer is told of an order in the language that it names, else in their own", async () => {
  const bob = as("customer", BOB);
  const languageOf = async (asking: Parameters<typeof call>[3], changes: Parameters<typeof orderOf>[0] = {}) =>
    (await call(shop.broker, "orders.place", orderOf(changes), asking)).order.language;

  const languages = [
    await languageOf(bob),
    await languageOf(bob, { language: "fr-CH" }),
    await languageOf(ada),
    await languageOf(clerk, { language: "de" }),
  ];

  expect(languages).toEqual(["de", "fr-CH", null, "de"]);
});

test("an order's events tell what was bought and in which language to say so, but not where somebody lives", async () => {
  const { order } = await call(shop.broker, "orders.place", orderOf(), as("customer", BOB));

  const events = await shop.orders.query<{ data: Record<string, unknown> }>({
    name: "test_facts",
    text: "select data from outbox order by id",
  });
  expect(events).toHaveLength(2);
  for (const { data } of events) {
    expect(data).toMatchObject({ language: "de", lines: [{ title: "The MUG" }, { title: "The TEAPOT" }] });
    expect(JSON.stringify(data)).not.toContain(order.shippingAddress.line1);
  }
  expect(await call(shop.broker, "orders.addressesOf", { ids: [order.id, BOB] })).toEqual([
    { id: order.id, shippingAddress: order.shippingAddress },
  ]);
});

test("somebody else's order is not there, for reading as for its timeline", async () => {
  const { order } = await place(shop.broker, orderOf());
  const bob = as("customer", BOB);

  await expect(call(shop.broker, "orders.get", { id: order.id }, bob)).rejects.toMatchObject({ code: 404 });
  await expect(call(shop.broker, "orders.timeline", { id: order.id }, bob)).rejects.toMatchObject({ code: 404 });
  expect((await call(shop.broker, "orders.list", {}, bob)).data).toEqual([]);
});

const to = ({ postalCode = undefined as string | undefined, ...fields }: { [field: string]: string | undefined }) => {
  const { postalCode: _here, ...elsewhere } = orderOf().shippingAddress;
  return { ...elsewhere, ...(postalCode === undefined ? {} : { postalCode }), ...fields };
};

test("an order goes to Dubai, where there are no postal codes", async () => {
  const dubai = { name: "  Noor ", line1: "Al Wasl Road", line2: "", city: "Dubai", country: "AE" };

  const { order } = await place(shop.broker, orderOf({ shippingAddress: dubai }));

  expect(order).toMatchObject({ status: "CONFIRMED", shippingAddress: { name: "Noor", country: "AE" } });
  expect(order.shippingAddress).not.toHaveProperty("line2");
});

test("a refused address names its field", async () => {
  await expect(place(shop.broker, orderOf({ shippingAddress: to({}) }))).rejects.toMatchObject({
    code: 422,
    data: { errors: [{ pointer: "/shippingAddress/postalCode", code: "required_in_country" }] },
  });
});

test("a sale that was made elsewhere before went where it went", async () => {
  const sale = orderOf({
    placedAt: "2010-12-01T08:26:00Z",
    email: " Ada@MÜNCHEN.de ",
    shippingAddress: to({ country: "ZZ", postalCode: "0000" }),
  });

  const { order } = await call(shop.broker, "orders.place", sale, clerk);

  expect(order).toMatchObject({
    email: "ada@xn--mnchen-3ya.de",
    shippingAddress: { country: "ZZ", postalCode: "0000" },
  });
});

describe("refuses, and makes no order of", () => {
  test.each([
    ["an unknown SKU", { lines: [{ sku: "GHOST", quantity: 1 }] }, "UNKNOWN_SKU"],
    ["an unknown currency", { currency: "ZZZ" }, "VALIDATION_FAILED"],
    ["a currency that is not the prices'", { currency: "EUR" }, "CURRENCY_MISMATCH"],
    ["an unknown payment method", { payment: { method: "pm_unheard_of" } }, "UNKNOWN_PAYMENT_METHOD"],
    [
      "a customer's own price",
      { lines: [{ sku: "MUG", quantity: 1, unitPrice: { amount: 1, currency: "GBP" } }] },
      "NOT_ALLOWED_FOR_CUSTOMERS",
    ],
    ["a customer ordering for another", { customerId: BOB }, "NOT_ALLOWED_FOR_CUSTOMERS"],
    ["a customer's date in the past", { placedAt: "2020-01-01T00:00:00Z" }, "NOT_ALLOWED_FOR_CUSTOMERS"],
    ["zero pieces", { lines: [{ sku: "MUG", quantity: 0 }] }, "VALIDATION_FAILED"],
    ["more pieces than anyone orders", { lines: [{ sku: "MUG", quantity: 1_000_001 }] }, "VALIDATION_FAILED"],
    ["no lines", { lines: [] }, "VALIDATION_FAILED"],
    ["an address without its postal code", { shippingAddress: to({ postalCode: undefined }) }, "INVALID_ADDRESS"],
    ["an address of nowhere", { shippingAddress: to({ country: "ZZ" }) }, "INVALID_ADDRESS"],
    ["an address of no country", { shippingAddress: to({ country: "XX" }) }, "VALIDATION_FAILED"],
    ["a name of blanks", { shippingAddress: to({ name: " " }) }, "VALIDATION_FAILED"],
  ])("%s", async (_, changes, type) => {
    await expect(place(shop.broker, orderOf(changes))).rejects.toMatchObject({ type });

    expect(await count("orders")).toBe(0);
    expect(await count("idempotency_keys")).toBe(0);
  });

  test("prices in two currencies", async () => {
    const lines = [
      { sku: "MUG", quantity: 1 },
      { sku: "TEAPOT", quantity: 1, unitPrice: { amount: 3, currency: "EUR" } },
    ];

    await expect(place(shop.broker, orderOf({ lines }), clerk)).rejects.toMatchObject({ type: "CURRENCY_MISMATCH" });
  });

  test("an unknown customer", async () => {
    const order = orderOf({ customerId: "01900000-0000-7000-8000-00000000dead" });

    await expect(place(shop.broker, order, clerk)).rejects.toMatchObject({ type: "UNKNOWN_CUSTOMER" });
  });

  test("a total past what is exact", async () => {
    const lines = [{ sku: "MUG", quantity: 1_000_000, unitPrice: { amount: 1_000_000_000_000, currency: "GBP" } }];

    await expect(place(shop.broker, orderOf({ lines }), clerk)).rejects.toMatchObject({ type: "TOTAL_TOO_LARGE" });
  });
});

test("staff place for a customer with negotiated prices and a date in the past", async () => {
  const { order } = await place(
    shop.broker,
    orderOf({
      customerId: BOB,
      placedAt: "2010-12-01T08:26:00Z",
      reference: "fair/1",
      lines: [{ sku: "MUG", quantity: 6, unitPrice: { amount: 255, currency: "GBP" } }],
    }),
    clerk,
  );

  expect(order).toMatchObject({ customerId: BOB, placedAt: "2010-12-01T08:26:00.000Z", total: { amount: 1530 } });
  expect(order.status).toBe("CONFIRMED");
});

test("a clock of the till that goes two minutes ahead is believed, to the second; further ahead it is the future", async () => {
  const placed = (placedAt: string) => place(shop.broker, orderOf({ placedAt }), clerk);

  expect((await placed("2026-03-01T12:02:00.000Z")).order).toMatchObject({
    status: "CONFIRMED",
    placedAt: "2026-03-01T12:02:00.000Z",
    createdAt: "2026-03-01T12:00:00.000Z",
  });
  await expect(placed("2026-03-01T12:02:00.001Z")).rejects.toMatchObject({ code: 422, type: "PLACED_IN_FUTURE" });
});

test("staff place for a guest", async () => {
  const { order } = await place(shop.broker, orderOf({ email: "guest@example.com" }), clerk);

  expect(order).toMatchObject({ customerId: null, email: "guest@example.com", status: "CONFIRMED" });
});

test("a reference stands for one order, and its neighbours in the batch are placed all the same", async () => {
  await place(shop.broker, orderOf({ reference: "till/7" }), clerk);

  const answers = await Promise.allSettled([
    place(shop.broker, orderOf(), clerk),
    place(shop.broker, orderOf({ reference: "till/7" }), clerk),
    place(shop.broker, orderOf(), clerk),
  ]);

  expect(
    answers.map((answer) => (answer.status === "fulfilled" ? answer.value.order.status : answer.reason.type)),
  ).toEqual(["CONFIRMED", "REFERENCE_TAKEN", "CONFIRMED"]);
});

test("text that cannot be stored is refused, and its neighbours in the batch are placed all the same", async () => {
  const address = { ...orderOf().shippingAddress, line1: "\u0000" };

  const answers = await Promise.allSettled([
    place(shop.broker, orderOf()),
    place(shop.broker, orderOf({ shippingAddress: address })),
    place(shop.broker, orderOf()),
  ]);

  expect(
    answers.map((answer) => (answer.status === "fulfilled" ? answer.value.order.status : answer.reason.type)),
  ).toEqual(["CONFIRMED", "VALIDATION_FAILED", "CONFIRMED"]);
});

test("a payment slower than the time budget answers PENDING, is confirmed later, and replays as it was answered", async () => {
  const node = await shop.node({ orders: { timeBudgetMs: 50, wakeEveryMs: 3_600_000 } });
  const order = orderOf({ payment: { method: "pm_sandbox_slow" } });

  const { order: answered } = await place(node, order);
  const confirmed = await until("the slow order is confirmed", async () => {
    const read = await call(node, "orders.get", { id: answered.id }, ada);
    return read.status === "CONFIRMED" && read;
  });

  expect(answered.status).toBe("PENDING");
  expect(confirmed.version).toBe(2);
  expect(await place(node, order)).toEqual({ order: answered, replayed: true });
});

test("a client that does not want to wait is answered at once", async () => {
  const { order } = await place(shop.broker, orderOf({ respondAsync: true }));

  expect(order.status).toBe("PENDING");
  await until("the order is confirmed", async () => {
    const read = await call(shop.broker, "orders.get", { id: order.id }, ada);
    return read.status === "CONFIRMED";
  });
});

test("staff see all orders by customer, status, reference and date, in pages", async () => {
  for (const day of ["2010-12-01", "2010-12-02", "2010-12-03"]) {
    await place(shop.broker, orderOf({ customerId: BOB, placedAt: `${day}T10:00:00Z`, reference: day }), clerk);
  }
  await place(shop.broker, orderOf());
  const list = (filter: object, more: object = {}) => call(shop.broker, "orders.list", { filter, ...more }, clerk);

  const first = await list({ customerId: BOB }, { limit: 2 });
  const second = await list({ customerId: BOB }, { limit: 2, after: first.page.nextCursor ?? "" });

  expect([...first.data, ...second.data].map((order) => order.reference)).toEqual([
    "2010-12-03",
    "2010-12-02",
    "2010-12-01",
  ]);
  expect(second.page).toEqual({ hasMore: false, nextCursor: null });
  expect((await list({ reference: "2010-12-02" })).data).toHaveLength(1);
  expect((await list({ placedTo: "2010-12-02T00:00:00Z" })).data.map((order) => order.reference)).toEqual([
    "2010-12-01",
  ]);
  expect((await list({ status: "REJECTED" })).data).toEqual([]);
});

test("an order of thirty lines takes as many statements as one of two", async () => {
  const statementsOf = async (lines: { sku: string; quantity: number }[]) => {
    const before = shop.statements();
    await place(shop.broker, orderOf({ lines }));
    return shop.statements() - before;
  };

  const small = await statementsOf(orderOf().lines);
  const large = await statementsOf(Array.from({ length: 30 }, (_, i) => ({ sku: `SKU-${i}`, quantity: 1 })));

  expect(large).toBe(small);
});

test("a hundred orders at once take far fewer than a hundred times the statements of one", async () => {
  const before = shop.statements();
  await place(shop.broker, orderOf());
  const one = shop.statements() - before;

  const start = shop.statements();
  const placed = await Promise.all(Array.from({ length: 100 }, () => place(shop.broker, orderOf())));

  expect(placed.every(({ order }) => order.status === "CONFIRMED")).toBe(true);
  expect(shop.statements() - start).toBeLessThan(one * 15);
});

test("an order that is refused, declined or fails changes nothing for those gathered with it", async () => {
  const placed = await Promise.all([
    place(shop.broker, orderOf()),
    place(shop.broker, orderOf({ lines: [{ sku: "MUG", quantity: 5_000 }] })),
    place(shop.broker, orderOf({ payment: { method: "pm_card_visa_chargeDeclined" } })),
    place(shop.broker, orderOf()),
  ]);

  expect(placed.map(({ order }) => order.status)).toEqual(["CONFIRMED", "REJECTED", "PAYMENT_FAILED", "CONFIRMED"]);
  expect(await reserved("MUG")).toBe(4);
});
