import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { as } from "../../../tests/support/broker.ts";
import { ADA, BOB, CLERK, type OrderShop, openShop, orderOf, place } from "../../../tests/support/order-shop.ts";
import { until } from "../../../tests/support/until.ts";
import { decideHolds, lineBeyond, networkDigest } from "./allowances.ts";

const ALLOWANCES = { perSku: 20, perCustomer: 20, perNetwork: 30 };
const CHALLENGED = { method: "pm_card_threeDSecure2Required" };

describe("decided first come, first served", () => {
  const ada = (units: number, network = "home") => ({ customer: "ada", network, units });
  const bob = (units: number, network = "home") => ({ customer: "bob", network, units });
  const BEYOND_OWN = "customer";
  const BEYOND_NETWORK = "network";
  const cases: [string, Parameters<typeof decideHolds>[0], [string, number][], unknown[]][] = [
    ["what fits exactly is within", [ada(20)], [], [undefined]],
    ["one piece more is not", [ada(21)], [], [BEYOND_OWN]],
    ["what is held already counts", [ada(5), ada(1)], [["ada", 15]], [undefined, BEYOND_OWN]],
    ["who is refused holds nothing", [ada(19), ada(2), ada(1)], [], [undefined, BEYOND_OWN, undefined]],
    ["many accounts of one network share its allowance", [ada(20), bob(11)], [], [undefined, BEYOND_NETWORK]],
    ["another network has its own", [ada(20), bob(20, "office")], [], [undefined, undefined]],
    ["who asks from nowhere has an allowance alone", [{ customer: "ada", units: 20 }], [], [undefined]],
  ];

  test.each(cases)("%s", (_, holds, held, outcomes) => {
    expect(decideHolds(holds, new Map(held), ALLOWANCES).map((beyond) => beyond?.holder)).toEqual(outcomes);
  });
});

test("a SKU is summed over the lines of an order", () => {
  const line = (sku: string, quantity: number) => ({ sku, quantity });

  expect(lineBeyond([line("MUG", 15), line("POT", 20), line("MUG", 5)], 20)).toBe(-1);
  expect(lineBeyond([line("MUG", 15), line("POT", 20), line("MUG", 6)], 20)).toBe(2);
});

test("a network is an IPv4 address or a site of IPv6, and is kept as a digest", () => {
  const digest = networkDigest("2001:db8:7:1::1");

  expect(digest).toBe(networkDigest("2001:db8:7:ffff::9"));
  expect(digest).not.toBe(networkDigest("2001:db8:8:1::1"));
  expect(networkDigest("10.0.0.1")).not.toBe(networkDigest("10.0.0.2"));
  expect(digest).not.toContain("2001");
  expect(networkDigest(undefined)).toBeUndefined();
});

describe("orders that wait for their payment", () => {
  let shop: OrderShop;
  let now: Date;
  beforeEach(async () => {
    now = new Date("2026-03-01T12:00:00Z");
    shop = await openShop(() => now, { orders: { allowances: ALLOWANCES, wakeEveryMs: 5 } });
  });
  afterEach(() => shop.close());

  const mugs = (quantity: number, changes = {}) =>
    orderOf({ lines: [{ sku: "MUG", quantity }], payment: CHALLENGED, ...changes });
  const from = (id: string, clientAddress: string) => ({ meta: { ...as("customer", id).meta, clientAddress } });
  const ada = from(ADA, "10.0.0.1");
  const bob = from(BOB, "10.0.0.1");
  const endOf = async (...asked: Parameters<typeof place>) => {
    const { order } = await place(...asked);
    return order.reason ?? order.status;
  };
  const heldUnits = async () =>
    (
      await shop.inventory.query<{ n: number }>({
        name: "test_held",
        text: "select reserved::int as n from stock_levels where sku = 'MUG'",
      })
    )[0]?.n;
  const tally = (ends: string[]) => Object.groupBy(ends, (end) => end);

  test("of one customer hold no more than they may, and others still buy", async () => {
    expect(await endOf(shop.broker, mugs(20), ada)).toBe("AWAITING_PAYMENT");

    expect(await endOf(shop.broker, mugs(1), ada)).toBe("stock_held_unpaid");
    expect(await endOf(shop.broker, orderOf(), from(BOB, "10.0.0.2"))).toBe("CONFIRMED");

    expect(await heldUnits()).toBe(22);
    const charges = { name: "test_charges", text: "select status from charges order by status" };
    expect((await shop.sandbox.query<{ status: string }>(charges)).map(({ status }) => status)).toEqual([
      "action_required",
      "authorized",
      "canceled",
    ]);
  });

  test("begun at once over two nodes they hold together what they may, to the piece", async () => {
    const other = await shop.node({ orders: { allowances: ALLOWANCES, wakeEveryMs: 3_600_000 } });

    const ends = tally(
      await Promise.all(Array.from({ length: 50 }, (_, i) => endOf(i % 2 ? other : shop.broker, mugs(3), ada))),
    );

    expect([ends.AWAITING_PAYMENT?.length, ends.stock_held_unpaid?.length]).toEqual([6, 44]);
    expect(await heldUnits()).toBe(18);
  });

  test("of many customers of one network hold no more than it may", async () => {
    await place(shop.broker, mugs(20), ada);

    const ends = tally(await Promise.all(Array.from({ length: 12 }, () => endOf(shop.broker, mugs(2), bob))));

    expect([ends.AWAITING_PAYMENT?.length, ends.stock_held_unpaid?.length]).toEqual([5, 7]);
    expect(await heldUnits()).toBe(30);
    expect(await endOf(shop.broker, mugs(1), bob)).toBe("stock_held_unpaid");
    expect(await endOf(shop.broker, mugs(1), from(BOB, "10.0.0.9"))).toBe("AWAITING_PAYMENT");
  });

  test("and are given up after five minutes hold nothing any more, and nothing is kept of where they came from", async () => {
    const { order } = await place(shop.broker, mugs(20), ada);
    expect(await endOf(shop.broker, mugs(1), ada)).toBe("stock_held_unpaid");
    now = new Date(now.getTime() + 5 * 60_000);
    const find = { name: "test_status", text: "select status from orders where id = $1" };
    await until("it expires", async () => (await shop.orders.query(find, [order.id]))[0]?.status === "EXPIRED");

    expect(await endOf(shop.broker, mugs(20), ada)).toBe("AWAITING_PAYMENT");
    const text = "select status from orders where held_from is not null";
    expect(await shop.orders.query({ name: "test_from", text })).toEqual([{ status: "AWAITING_PAYMENT" }]);
  });

  test("more of one SKU than an order may have is refused at its line; staff are bound by nothing", async () => {
    await expect(place(shop.broker, mugs(21), ada)).rejects.toMatchObject({
      code: 422,
      type: "TOO_MANY_UNITS",
      data: { errors: [{ pointer: "/lines/0" }] },
    });

    const clerk = { meta: { ...as("staff", CLERK).meta, clientAddress: "10.0.0.1" } };
    for (let i = 0; i < 3; i++)
      expect(await endOf(shop.broker, mugs(100, { customerId: ADA }), clerk)).toBe("AWAITING_PAYMENT");
    expect(await endOf(shop.broker, mugs(20), ada)).toBe("AWAITING_PAYMENT");
  });

  test("when what it held cannot be given back at once the order stays open, and ends when it can", async () => {
    let away = true;
    const flaky = await shop.node({
      orders: { allowances: ALLOWANCES, wakeEveryMs: 5 },
      provider: (real) => ({
        ...real,
        cancel: (request) => (away ? Promise.reject(new Error("away")) : real.cancel(request)),
      }),
    });
    await place(flaky, mugs(20), ada);

    const { order } = await place(flaky, mugs(5), ada);
    expect(order.status).toBe("PENDING");
    expect(await heldUnits()).toBe(25);

    away = false;
    await until("it ends", async () => {
      now = new Date(now.getTime() + 1_000);
      const [row] = await shop.orders.query({ name: "test_end", text: "select reason from orders where id = $1" }, [
        order.id,
      ]);
      return row?.reason === "stock_held_unpaid";
    });
    expect(await heldUnits()).toBe(20);
  });

  test("are found by their own index, also by a plan that was made when there were none", async () => {
    const fill = `insert into orders (id, number, status, currency, total, shipping_address, payment_method, placed_at, expires_at,
        version, created_at, updated_at)
      select gen_random_uuid(), 'F-' || n, 'CONFIRMED', 'GBP', 1, '{}', 'pm', now(), now(), 1, now(), now()
      from generate_series(1, 5000) as n`;
    const text = "select units from unpaid_units(array[$1]::uuid[], array['x'])";
    const ask = async () => {
      for (let i = 0; i < 10; i++) await shop.orders.query({ name: "test_unpaid", text }, [ADA]);
    };
    const seen = async () => {
      await shop.orders.query({ name: "test_flush", text: "select pg_stat_force_next_flush()" });
      const scans = { name: "test_scans", text: "select pg_stat_get_numscans('orders'::regclass)::int as n" };
      return (await shop.orders.query<{ n: number }>(scans))[0]?.n;
    };
    await ask();
    await shop.orders.query({ name: "test_fill", text: fill });
    const before = await seen();

    await ask();

    expect(await seen()).toBe(before);
  });
});
