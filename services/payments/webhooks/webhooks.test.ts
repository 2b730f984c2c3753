import { createHmac, randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../../contract/typed.ts";
import { Database } from "../../../database/database.ts";
import { as, testBroker } from "../../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../../tests/support/postgres.ts";
import { paymentsService } from "../payments.service.ts";
import { type PaymentProvider, ProviderUnreachable } from "../providers/provider.ts";
import { sandboxProvider } from "../providers/sandbox/sandbox.ts";
import { signWebhook } from "../providers/signatures.ts";
import { recordOutcomes } from "../record-outcomes.ts";

const SECRET = "the secret of this year";
const OLD_SECRET = "the secret of last year";
const THREE_D_SECURE = "pm_card_threeDSecure2Required";
const GBP = (amount: number) => ({ amount, currency: "GBP" });
let now: Date;
const clock = () => now;
let databases: TestDatabase[];
let db: Database;
let ledger: Database;
let brokers: ServiceBroker[];
let orderId: string;

beforeEach(async () => {
  now = new Date("2026-03-01T12:00:00Z");
  brokers = [];
  orderId = randomUUIDv7();
  databases = await Promise.all([testDatabase("payments"), testDatabase("sandbox")]);
  [db, ledger] = databases.map(({ url }) => new Database({ url })) as [Database, Database];
});

afterEach(async () => {
  for (const broker of brokers) await broker.stop();
  await ledger.close();
  for (const database of databases) database.release();
});

interface Options {
  secrets?: readonly string[];
  provider?: (sandbox: PaymentProvider) => Partial<PaymentProvider>;
}

async function start({ secrets = [SECRET], provider = () => ({}) }: Options = {}) {
  const sandbox = sandboxProvider({ db: ledger, clock, slowMs: 0, webhookSecrets: secrets });
  const service = paymentsService({
    db,
    providers: [{ ...sandbox, ...provider(sandbox) }],
    clock,
  });
  const broker = await testBroker(service);
  brokers.push(broker);
  return broker;
}

const authorize = (via: ServiceBroker, method = THREE_D_SECURE) =>
  call(via, "payments.authorize", { orderId, amount: GBP(1999), method }, { requestID: "the order's request" });
const lost = () => Promise.reject(new ProviderUnreachable("cut"));
const approvedAtTheSandbox = () =>
  ledger.query({
    name: "test_approve",
    text: "update charges set status = 'authorized' where status = 'action_required'",
  });
const approval = (changes: object = {}) =>
  JSON.stringify({ id: "evt_1", type: "charge.authorized", data: { charge: { key: `order-${orderId}` } }, ...changes });
const receive = async (via: ServiceBroker, payload: string, signature: string | undefined = sign(payload)) =>
  (
    await call(
      via,
      "payments.receiveWebhook",
      { provider: "sandbox", payload, signature },
      { requestID: "the webhook's request" },
    )
  ).received;
const sign = (payload: string, secret = SECRET, at = now) => signWebhook(payload, secret, at);
const complete = (via: ServiceBroker, outcome: "approved" | "declined") =>
  call(via, "payments.completeAction", { orderId, outcome }, as("staff", "sam"));
const status = async () =>
  (await db.query<{ status: string }>({ name: "test_status", text: "select status from payment_intents" }))[0]?.status;
const events = () =>
  db.query<{ type: string; aggregate_version: number; correlation_id: string; causation_id: string; data: object }>({
    name: "test_events",
    text: "select type, aggregate_version, correlation_id, causation_id, data from outbox order by id",
  });
const types = async () => (await events()).map(({ type }) => type);
const stored = () =>
  db.query<{ event_id: string; payload: string; done: boolean }>({
    name: "test_stored",
    text: "select event_id, payload, processed_at is not null as done from webhook_events order by event_id",
  });

describe("a webhook", () => {
  test("settles a payment that waited for its customer, as part of the order's story", async () => {
    const via = await start();
    await authorize(via);
    await approvedAtTheSandbox();

    expect(await receive(via, approval())).toBe("APPLIED");

    expect(await status()).toBe("REQUIRES_CAPTURE");
    expect(await events()).toEqual([
      expect.objectContaining({ type: "payments.action_required", correlation_id: "the order's request" }),
      {
        type: "payments.authorized",
        aggregate_version: 2,
        correlation_id: "the order's request",
        causation_id: "the webhook's request",
        data: { orderId, amount: GBP(1999), providerId: expect.any(String) },
      },
    ]);
    expect(await stored()).toEqual([{ event_id: "evt_1", payload: approval(), done: true }]);
  });

  test("is not believed what it says of outcome and amount", async () => {
    const via = await start();
    await authorize(via);

    const claim = { charge: { key: `order-${orderId}`, status: "authorized", amount: 1 } };
    await receive(via, approval({ data: claim }));

    expect(await status()).toBe("REQUIRES_ACTION");
    expect(await types()).toEqual(["payments.action_required"]);
  });

  test("that comes again is answered well and changes nothing", async () => {
    const via = await start();
    await authorize(via);
    await approvedAtTheSandbox();
    await receive(via, approval());

    expect(await receive(via, approval())).toBe("REPEATED");
    expect(await receive(via, approval({ id: "evt_2" }))).toBe("APPLIED");

    expect(await types()).toEqual(["payments.action_required", "payments.authorized"]);
  });

  test("delivered twenty times at once, to two processes, takes effect once", async () => {
    const nodes = [await start(), await start()] as const;
    await authorize(nodes[0]);
    await approvedAtTheSandbox();

    const fates = await Promise.all(
      Array.from({ length: 20 }, (_, i) => receive(nodes[i % 2] as ServiceBroker, approval())),
    );

    expect(fates).toContain("APPLIED");
    expect(await types()).toEqual(["payments.action_required", "payments.authorized"]);
    expect(await stored()).toHaveLength(1);
  });

  test("whose first processing failed is processed when it is sent again", async () => {
    let down = false;
    const via = await start({
      provider: (sandbox) => ({
        find: (key) => (down ? lost() : sandbox.find(key)),
      }),
    });
    await authorize(via);
    await approvedAtTheSandbox();
    down = true;
    await expect(receive(via, approval())).rejects.toMatchObject({ code: 503, type: "SERVICE_NOT_AVAILABLE" });
    expect(await stored()).toMatchObject([{ event_id: "evt_1", done: false }]);

    down = false;

    expect(await receive(via, approval())).toBe("APPLIED");
    expect(await status()).toBe("REQUIRES_CAPTURE");
  });

  test.each([
    ["a key of nobody's", { data: { charge: { key: "order-of-another-shop" } } }],
    ["something else than a charge", { type: "payout.paid", data: {} }],
  ])("about %s is answered well and ignored", async (_what, changes) => {
    const via = await start();
    await authorize(via);

    expect(await receive(via, approval(changes))).toBe("IGNORED");
    expect(await types()).toEqual(["payments.action_required"]);
    expect(await stored()).toMatchObject([{ done: true }]);
  });

  test("that arrives when the payment was given back changes nothing", async () => {
    const via = await start();
    await authorize(via);
    await call(via, "payments.void", { orderId });

    expect(await receive(via, approval())).toBe("APPLIED");
    expect(await status()).toBe("CANCELED");
    expect(await types()).toEqual(["payments.action_required", "payments.voided"]);
  });

  test("of an unknown provider is not found", async () => {
    const via = await start();

    const outcome = call(via, "payments.receiveWebhook", { provider: "stripe", payload: "{}", signature: sign("{}") });

    await expect(outcome).rejects.toMatchObject({ code: 404, type: "UNKNOWN_PROVIDER" });
  });
});

describe("what is not the provider's word is refused and not stored:", () => {
  const hmac = (text: string, secret = SECRET) => createHmac("sha256", secret).update(text).digest("hex");
  const t = () => Math.floor(now.getTime() / 1000);
  const mac = (payload: string) => hmac(`${t()}.${payload}`);
  const late = (seconds: number) => (payload: string) =>
    sign(payload, SECRET, new Date(now.getTime() - seconds * 1000));

  test.each<[string, string, (payload: string) => string | undefined]>([
    ["no signature", "INVALID", () => undefined],
    ["an empty one", "INVALID", () => ""],
    ["another secret's", "INVALID", (payload) => sign(payload, "a secret of somebody else's")],
    ["that of another body", "INVALID", (payload) => sign(`${payload} `)],
    ["that of another time", "INVALID", (payload) => `t=${t() + 1},v1=${mac(payload)}`],
    ["one without its time", "INVALID", (payload) => `v1=${mac(payload)}`],
    ["one with two times", "INVALID", (payload) => `t=${t()},t=${t()},v1=${mac(payload)}`],
    ["a time that is none", "INVALID", (payload) => `t=${t()}.0,v1=${hmac(`${t()}.0.${payload}`)}`],
    ["one that is cut off", "INVALID", (payload) => `t=${t()},v1=${mac(payload).slice(0, 63)}`],
    ["one that is too long", "INVALID", (payload) => `t=${t()},v1=${mac(payload)}00`],
    ["one of another version", "INVALID", (payload) => `t=${t()},v0=${mac(payload)}`],
    ["eleven of them", "INVALID", (payload) => `t=${t()}${`,v1=${mac(payload)}`.repeat(11)}`],
    ["one of five minutes and a second ago", "STALE", late(301)],
    ["one from the future", "STALE", late(-301)],
    ["an old one of another secret", "INVALID", (payload) => sign(payload, "a secret of somebody else's", new Date(0))],
  ])("%s", async (_what, word, signatureOf) => {
    const via = await start();
    const payload = approval();
    const signature = signatureOf(payload);

    const outcome = call(via, "payments.receiveWebhook", {
      provider: "sandbox",
      payload,
      ...(signature !== undefined && { signature }),
    });

    const type = word === "STALE" ? "WEBHOOK_STALE" : "WEBHOOK_SIGNATURE_INVALID";
    await expect(outcome).rejects.toMatchObject({ code: 403, type });
    expect(await stored()).toEqual([]);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[1]"],
    ["null", "null"],
    ["without an id", '{"type":"charge.authorized"}'],
    ["with an id that cannot be stored", '{"id":"\\u0000","type":"charge.authorized"}'],
  ])("a genuine signature on what is %s", async (_what, payload) => {
    const via = await start();

    await expect(receive(via, payload)).rejects.toMatchObject({ code: 422, type: "WEBHOOK_UNREADABLE" });
    expect(await stored()).toEqual([]);
  });

  test("anything at all where there is no secret", async () => {
    const via = await start({ secrets: [] });

    for (const secret of [SECRET, ""]) {
      const signature = `t=${t()},v1=${hmac(`${t()}.{}`, secret)}`;
      await expect(receive(via, "{}", signature)).rejects.toMatchObject({ type: "WEBHOOK_SIGNATURE_INVALID" });
    }
  });
});

describe("a signature", () => {
  test("holds to the second for five minutes, either way", async () => {
    const via = await start();
    const payload = approval();

    for (const seconds of [-300, 300]) {
      const signature = sign(payload, SECRET, new Date(now.getTime() + seconds * 1000));
      expect(await receive(via, payload, signature)).toMatch(/IGNORED|REPEATED/);
    }
  });

  test("holds under the old secret and the new while they are exchanged, one of several being enough", async () => {
    const via = await start({ secrets: [SECRET, OLD_SECRET] });
    const payload = approval();
    const both = `${sign(payload, "the provider's next secret")},${sign(payload, OLD_SECRET).split(",")[1]}`;

    for (const signature of [sign(payload), sign(payload, OLD_SECRET), both]) {
      expect(await receive(via, payload, signature)).toMatch(/IGNORED|REPEATED/);
    }
  });

  test("is of the bytes, whatever letters they are", async () => {
    const via = await start();
    const payload = approval({ note: "Zoë 🏺" });
    const time = String(Math.floor(now.getTime() / 1000));
    const bytes = Buffer.concat([Buffer.from(`${time}.`), Buffer.from(payload)]);

    const signature = `t=${time},v1=${createHmac("sha256", SECRET).update(bytes).digest("hex")}`;

    expect(await receive(via, payload, signature)).toBe("IGNORED");
  });

  test.each(["", "short"])("is not made with a secret that can be guessed: %j", (secret) => {
    const webhookSecrets = [secret];

    expect(() => sandboxProvider({ db: ledger, clock, slowMs: 0, webhookSecrets })).toThrow(/at least 16 characters/);
  });
});

describe("the sandbox's page", () => {
  test.each([
    ["approved", "REQUIRES_CAPTURE", "payments.authorized", {}],
    ["declined", "FAILED", "payments.failed", { declineCode: "authentication_failed" }],
  ] as const)("%s by the customer makes the payment %s", async (outcome, ends, type, facts) => {
    const via = await start();
    await authorize(via);

    expect(await complete(via, outcome)).toEqual({ orderId, status: ends });

    expect((await events()).at(-1)).toMatchObject({ type, data: { orderId, ...facts } });
    expect(await stored()).toMatchObject([{ done: true }]);
  });

  test("takes one answer: of both at once one counts, and repeating it changes nothing", async () => {
    const via = await start();
    await authorize(via);

    const both = await Promise.allSettled([complete(via, "approved"), complete(via, "declined")]);
    const won = both[0].status === "fulfilled" ? "approved" : "declined";
    await complete(via, won);

    expect(both.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await types()).toHaveLength(2);
  });

  test("sends its webhook again when the shop was not there to take it", async () => {
    const deaf = await start({ provider: () => ({ find: lost }) });
    const via = await start();
    await authorize(via);
    await expect(complete(deaf, "approved")).rejects.toMatchObject({ code: 503 });

    expect(await complete(via, "approved")).toMatchObject({ status: "REQUIRES_CAPTURE" });
    expect(await stored()).toHaveLength(1);
  });

  test("does not answer for a payment that waits for nobody, or that is not there", async () => {
    const via = await start();
    await expect(complete(via, "approved")).rejects.toMatchObject({ code: 404, type: "PAYMENT_NOT_FOUND" });
    await authorize(via, "pm_card_visa");

    await expect(complete(via, "approved")).rejects.toMatchObject({ code: 409, type: "NO_ACTION_PENDING" });
  });

  test("is shut without a secret to sign with", async () => {
    const via = await start({ secrets: [] });
    await authorize(via);

    await expect(complete(via, "approved")).rejects.toMatchObject({ code: 409, type: "SANDBOX_IS_SILENT" });
    expect(await status()).toBe("REQUIRES_ACTION");
  });
});

test("steps that one batch takes for one payment leave it as the last of them did", async () => {
  await authorize(await start({ provider: () => ({ authorize: lost, find: lost }) }));
  const origin = { correlationId: "the order's request", causationId: null, traceparent: null };
  const told = (kind: "action_required" | "authorized") => ({ orderId, outcome: { kind, providerId: "p-1" }, origin });

  const settled = await recordOutcomes(db, [told("action_required"), told("authorized")], now);

  expect(settled.at(-1)).toEqual({ status: "REQUIRES_CAPTURE", declineCode: null });
  expect(await status()).toBe("REQUIRES_CAPTURE");
  expect(await types()).toEqual(["payments.action_required", "payments.authorized"]);
});
