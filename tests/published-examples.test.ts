// Every operation of the published document works as its example says, against the demo shop.
import { randomUUIDv7 } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { contracts } from "../contract/contracts.ts";
import { openApiDocument } from "../services/gateway/openapi/document.ts";
import { collectRoutes } from "../services/gateway/routes.ts";
import { signWebhook } from "../services/payments/providers/signatures.ts";
import type { Answer, Client } from "./support/http.ts";
import { type Operation, operationsOf, type Sending, sendingOf } from "./support/published-examples.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";
import { until } from "./support/until.ts";

const SECRET = "the secret of the examples";
const { paths } = JSON.parse(JSON.stringify(openApiDocument(collectRoutes(contracts))));
const operations = operationsOf(paths);
const named = new Map(operations.map((operation) => [operation.operationId, operation]));

let shop: RunningShop;
let clients: { anyone: Client; customer: Client; staff: Client };
beforeAll(async () => {
  shop = await openShop({ sandbox: { slowMs: 0, webhookSecrets: [SECRET] } });
  clients = { anyone: shop.anyone, customer: await shop.customer(), staff: await shop.staff() };
  // One to be replayed, one to be given up.
  await parkAnEvent();
  await parkAnEvent();
}, 60_000);
afterAll(() => shop.close());

/** What a fresh demo shop has not, and no operation makes: an event that a consumer could not apply when it came. */
async function parkAnEvent(): Promise<void> {
  const [id, orderId] = [randomUUIDv7(), randomUUIDv7()];
  const time = "2020-01-01T00:00:00.000Z";
  const order = {
    orderId,
    number: "1",
    customerId: null,
    email: null,
    currency: "GBP",
    total: 0,
    country: "GB",
    lines: [],
  };
  const event = {
    ...{ id, type: "orders.confirmed", topic: "commerce.orders.v1", subject: orderId, aggregateVersion: 1, time },
    ...{ correlationId: null, causationId: null, traceparent: null },
    json: JSON.stringify({ ...order, placedAt: time }),
  };
  await shop.rows(
    "notifications",
    `insert into dead_letters (id, consumer_group, event_id, event, attempts, error, parked_at)
      values ($1, 'notifications-mail', $2, $3, 1, 'of an example', now())`,
    [randomUUIDv7(), id, event],
  );
}

/** Of the latest mail of this kind: another code in the place of the one that was sent, once it was. */
async function mailedCode(kind: string, { token }: Client): Promise<string> {
  const userId = (jwt.decode(token as string) as jwt.JwtPayload).sub;
  const text = "select id from mail_requests where kind = $1 and user_id = $2 order by requested_at desc limit 1";
  const [request] = await shop.rows<{ id: string }>("auth", text, [kind, userId]);
  const sent = "select from account_mails where request_id = $1 and status = 'SENT'";
  await until("the mail", async () => (await shop.rows("notifications", sent, [request?.id])).length > 0, 10_000);
  const issued = await shop.broker.call("auth.issueCode", { requestId: request?.id });
  return (issued as { code: string }).code;
}

/** What an example cannot hold, because it is of this moment. */
const PREPARED: Record<string, (sending: Sending) => Promise<Sending>> = {
  async "payments.receiveWebhook"(sending) {
    const body = JSON.stringify(sending.body);
    return { ...sending, body, headers: { "webhook-signature": signWebhook(body, SECRET, new Date()) } };
  },
  // Of an account of its own: the customer goes on with his password.
  async "auth.resetPassword"(sending) {
    const forgetful = await shop.register("Forgetful");
    await shop.anyone.post("/v1/auth/password-reset-requests", { email: forgetful.email });
    return { ...sending, body: { ...(sending.body as object), code: await mailedCode("reset_password", forgetful) } };
  },
  async "auth.verifyAddress"(sending) {
    const { body } = await clients.customer.get<{ id: string }>("/v1/users/me");
    await shop.rows("auth", "update credentials set verified_at = null where user_id = $1", [body.id]);
    await shop.rows("auth", "delete from mail_requests where user_id = $1", [body.id]);
    await clients.customer.post("/v1/auth/verification-requests");
    return { ...sending, body: { code: await mailedCode("verify_email", clients.customer) } };
  },
  async "payments.completeAction"(sending) {
    const wanting = orderBody({ payment: { method: "pm_card_threeDSecure2Required" } });
    const { body } = await clients.customer.post<{ id: string }>("/v1/orders", wanting, { key: newKey() });
    return { ...sending, body: { ...(sending.body as object), orderId: body.id } };
  },
};

const answers = new Map<string, Answer<unknown>>();

/** Sends an operation's example, after the one whose answer it goes on from. */
async function send(operation: Operation, type: string | undefined): Promise<Answer<unknown>> {
  const { operationId, method, security, description = "", after } = operation;
  const before = after && (await answerOf(named.get(after.operationId) as Operation));
  const { path, headers, body } = await (PREPARED[operationId] ?? asItIs)(sendingOf(operation, type, before));
  const who = security === undefined ? "anyone" : /permission/.test(description) ? "staff" : "customer";
  const answer = await clients[who].ask(method, path, { headers, body, ...(type !== undefined && { type }) });
  answers.set(operationId, answer);
  return answer;
}

/** The answer that there was, except of what can safely be asked anew. */
async function answerOf(operation: Operation): Promise<Answer<unknown>> {
  const known = operation.method === "GET" ? undefined : answers.get(operation.operationId);
  return known ?? send(operation, operation.types[0]);
}

const asItIs = async (sending: Sending): Promise<Sending> => sending;

// What takes something away comes last; what ends the customer's sessions comes after all that he does, and the last of it is
// done to him by staff.
const ENDS_SESSIONS = ["auth.logoutAll", "auth.changePassword", "auth.endAccountSessions", "users.setRoles"];
/** Among them the one that the customer asks in. */
const ENDS_OWN = ["auth.endSession", "auth.logoutAll"];
const CLOSES = ["auth.disableAccount", "auth.enableAccount"];
const LAST = [...ENDS_SESSIONS, ...CLOSES];
const turn = ({ method, operationId }: Operation) =>
  LAST.includes(operationId) ? 2 + LAST.indexOf(operationId) : method === "DELETE" ? 1 : 0;
const inOrder = operations.toSorted((one, other) => turn(one) - turn(other));

test.each(inOrder.flatMap((operation) => operation.types.map((type) => ({ ...operation, type }))))(
  "$method $path $type ($operationId) succeeds with its example",
  async ({ operationId, type, ...operation }) => {
    const answer = await send({ ...operation, operationId }, type);

    expect(answer.status < 300 ? "success" : `${answer.status} ${answer.text}`).toBe("success");
    if (ENDS_OWN.includes(operationId)) clients.customer = await shop.customer();
  },
);
