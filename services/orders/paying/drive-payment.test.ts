// Where a drive leads, by what its neighbours answer: no database, no broker.
import { describe, expect, test } from "@jest/globals";
import type { OrderRecord } from "../order-record.ts";
import { anOrder } from "../testing/an-order.ts";
import { drivePayment } from "./drive-payment.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const LATER = new Date("2026-03-01T13:00:00Z");

type Answers = Record<string, (object | Error)[]>;

/** Neighbours that answer what they are told, the last answer again and again; and what they were asked. */
function neighbours(answers: Answers) {
  const asked: string[] = [];
  const via = {
    async call(name: string) {
      asked.push(name);
      const left = answers[name] ?? [];
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error(`nobody expected ${name}`);
      return answer;
    },
  };
  return { asked, via };
}

const CHALLENGE_MS = 5 * 60_000;
const HELD = { "inventory.reserve": [{ status: "HELD" }] };
const GIVEN_BACK = { "payments.void": [{ status: "CANCELED" }], "inventory.release": [{ released: true }] };
const paid = (status: string, declineCode: string | null = null) => ({
  "payments.authorize": [{ status, declineCode }],
});

async function drive(answers: Answers, { now = NOW, order = anOrder() }: { now?: Date; order?: OrderRecord } = {}) {
  const { asked, via } = neighbours(answers);
  const outcome = await drivePayment(order, { via, clock: () => now, challengeMs: CHALLENGE_MS });
  return { outcome, asked, steps: outcome.steps.map(({ type }) => type) };
}

test("stock, money, stock: then it is confirmed and rests", async () => {
  const { outcome, asked, steps } = await drive({
    ...HELD,
    ...paid("REQUIRES_CAPTURE"),
    "inventory.commit": [{ status: "COMMITTED" }],
  });

  expect(outcome).toMatchObject({ trigger: "confirmed", reason: null, paymentStatus: "AUTHORIZED", wakeAt: null });
  expect(asked).toEqual(["inventory.reserve", "payments.authorize", "inventory.commit"]);
  expect(steps).toEqual(["stock_reserved", "payment_authorized", "stock_committed"]);
});

test("without stock no money is asked for, and what an earlier drive authorized is given back", async () => {
  const { outcome, asked } = await drive({ "inventory.reserve": [{ status: "REFUSED" }], ...GIVEN_BACK });

  expect(outcome).toMatchObject({ trigger: "rejected", reason: "out_of_stock", paymentStatus: "NONE", wakeAt: null });
  expect(asked).toEqual(["inventory.reserve", "payments.void"]);
});

test.each([
  ["FAILED", "card_declined", "card_declined"],
  ["CANCELED", null, "payment_canceled"],
])("money that is %s frees the stock and says why", async (status, code, reason) => {
  const { outcome, asked } = await drive({ ...HELD, ...paid(status, code), ...GIVEN_BACK });

  expect(outcome).toMatchObject({ trigger: "payment_failed", reason, paymentStatus: "FAILED" });
  expect(asked.at(-1)).toBe("inventory.release");
});

describe("money that needs the customer", () => {
  test("is waited for until the hold ends", async () => {
    const order = anOrder();
    const { outcome } = await drive({ ...HELD, ...paid("REQUIRES_ACTION") }, { order });

    expect(outcome).toMatchObject({
      trigger: "awaiting_payment",
      paymentStatus: "REQUIRES_ACTION",
      wakeAt: new Date(order.createdAt.getTime() + CHALLENGE_MS),
    });
  });
  test("is given up, and the stock with it, when the time is over", async () => {
    const { outcome, asked } = await drive({ ...HELD, ...paid("REQUIRES_ACTION"), ...GIVEN_BACK }, { now: LATER });

    expect(outcome).toMatchObject({ trigger: "expired", reason: "payment_not_completed", paymentStatus: "VOIDED" });
    expect(asked.slice(2)).toEqual(["payments.void", "inventory.release"]);
  });
});

test.each(["UNKNOWN", "PROCESSING"])("money that is %s moves nothing: it is looked at again", async (status) => {
  const { outcome } = await drive({ ...HELD, ...paid(status) });

  expect(outcome.trigger).toBeNull();
});

describe("a hold that expired while the money was asked for", () => {
  test("is taken again", async () => {
    const { outcome, asked } = await drive({
      ...HELD,
      ...paid("REQUIRES_CAPTURE"),
      "inventory.commit": [{ status: "EXPIRED" }, { status: "COMMITTED" }],
    });

    expect(outcome.trigger).toBe("confirmed");
    expect(asked.slice(2)).toEqual(["inventory.commit", "inventory.reserve", "inventory.commit"]);
  });
  test("and cannot be had again gives the money back", async () => {
    const { outcome, asked } = await drive({
      "inventory.reserve": [{ status: "HELD" }, { status: "REFUSED" }],
      ...paid("REQUIRES_CAPTURE"),
      "inventory.commit": [{ status: "EXPIRED" }],
      ...GIVEN_BACK,
    });

    expect(outcome).toMatchObject({ trigger: "rejected", reason: "out_of_stock", paymentStatus: "NONE" });
    expect(asked.slice(-2)).toEqual(["payments.void", "inventory.release"]);
  });
});

test("a neighbour that fails ends the drive with its error, whatever was done before", async () => {
  const failure = new Error("payments is away");

  await expect(drive({ ...HELD, "payments.authorize": [failure] })).rejects.toBe(failure);
});
