// What happens when an order is placed:
//   check who may set what, look up prices, customer and payment method, price the lines
//   create the order, PENDING, with the client's idempotency key       (create-orders.ts)
//   drive it: hold stock, authorize, commit, confirm                    (paying/drive-payment.ts)
//   answer with the order as far as it got within the time budget       (first-answer.ts)
// A key seen before is answered from what was remembered, or driven on when its first request died on the way.
import { randomUUIDv7 } from "node:crypto";
import { faultsOfAddress, tidyAddress } from "../../../contract/addresses.ts";
import type { ParamsOf } from "../../../contract/contract.ts";
import { canonicalEmail } from "../../../contract/email.ts";
import type { Origin } from "../../../contract/events/domain-event.ts";
import { may, type Principal } from "../../../contract/permissions.ts";
import { idempotencyKeyReused, invalidAddress } from "../../../contract/refusals.ts";
import { type Caller, call } from "../../../contract/typed.ts";
import type { Clock } from "../../../database/clock.ts";
import type { ClaimOutcome, KeyId } from "../../../database/idempotency.ts";
import { violatedConstraint } from "../../../database/postgres-errors.ts";
import * as refuse from "../errors.ts";
import {
  newlyCreated,
  newOrderNumber,
  type OrderInHand,
  type OrderProgress,
  type OrderRecord,
  presentOrder,
} from "../order-record.ts";
import type { Order, orders } from "../orders.contract.ts";
import { type Allowances, lineBeyond } from "../paying/allowances.ts";
import type { NewOrder } from "./create-orders.ts";
import { type AnswerTools, firstAnswer } from "./first-answer.ts";
import { priceLines } from "./price-lines.ts";

export type PlaceParams = ParamsOf<typeof orders.actions.place>;
export interface Placed {
  order: Order;
  replayed: boolean;
}

export interface PlaceTools extends AnswerTools {
  via: Caller;
  clock: Clock;
  /** The request that places the order. */
  origin: Origin;
  /** How long an unpaid order holds its stock, and how much of it. */
  paymentWindowMs: number;
  allowances: Allowances;
  /** Digest of where the client asks from. */
  network: string | undefined;
  /** What an idempotency key stands for already. */
  find: (key: NewOrder["idempotency"]) => Promise<Exclude<ClaimOutcome, { kind: "new" }> | undefined>;
  create: (order: NewOrder) => Promise<ClaimOutcome>;
  load: (id: string) => Promise<OrderInHand>;
}

/** What the clocks of two machines may be apart: so far ahead of ours an order is not placed in the future. */
const CLOCKS_APART_MS = 2 * 60_000;

/** Staff place orders for others; these fields are theirs. */
const STAFF_FIELDS = ["customerId", "email", "placedAt", "reference"] as const;

export async function placeOrder(params: PlaceParams, principal: Principal, tools: PlaceTools): Promise<Placed> {
  const idempotency = { ...params.idempotency, scope: `${principal.id} orders.place` };
  let order: OrderRecord;
  try {
    checkFields(params, principal, tools);
    order = await prepareOrder(params, principal, idempotency, tools);
  } catch (error) {
    // What would be refused today may have been accepted before: a replay is the first answer, whatever changed since.
    const earlier = await tools.find(idempotency);
    if (earlier === undefined) throw error;
    return answerAgain(earlier, tools);
  }
  const hold = holdOf(order, principal, tools);
  const outcome = await createOnce({ order, actorId: principal.id, idempotency, ...hold }, tools);
  if (outcome.kind !== "new") return answerAgain(outcome, tools);
  const answered = await firstAnswer({ order, progress: newlyCreated(order) }, params.respondAsync === true, tools);
  return { order: presentOrder(answered), replayed: false };
}

async function answerAgain(outcome: Exclude<ClaimOutcome, { kind: "new" }>, tools: PlaceTools): Promise<Placed> {
  switch (outcome.kind) {
    case "done": {
      const { order: first } = await tools.load(outcome.resourceId);
      return { order: presentOrder({ order: first, progress: outcome.response as OrderProgress }), replayed: true };
    }
    case "running": {
      if (outcome.lockedUntil !== null && outcome.lockedUntil > tools.clock()) throw refuse.idempotencyInProgress();
      const abandoned = await tools.load(outcome.resourceId);
      return { order: presentOrder(await firstAnswer(abandoned, false, tools)), replayed: true };
    }
    case "reused":
      throw idempotencyKeyReused();
  }
}

function checkFields(params: PlaceParams, principal: Principal, { clock, allowances }: PlaceTools): void {
  if (!may(principal, "orders:place-for-others")) {
    const field = STAFF_FIELDS.find((name) => params[name] !== undefined);
    if (field !== undefined) throw refuse.notAllowedForCustomers(field);
    if (params.lines.some((line) => line.unitPrice)) throw refuse.notAllowedForCustomers("unitPrice");
    const beyond = lineBeyond(params.lines, allowances.perSku);
    if (beyond >= 0) throw refuse.tooManyUnits(beyond, allowances.perSku);
  }
  const latest = clock().getTime() + CLOCKS_APART_MS;
  if (params.placedAt !== undefined && Date.parse(params.placedAt) > latest) throw refuse.placedInFuture();
  // What was sold elsewhere before went where it went.
  const faults = params.placedAt === undefined ? faultsOfAddress(params.shippingAddress, "/shippingAddress") : [];
  if (faults.length > 0) throw invalidAddress(faults);
}

function holdOf({ lines }: OrderRecord, principal: Principal, { network }: PlaceTools): Pick<NewOrder, "hold"> {
  if (may(principal, "orders:place-for-others")) return {};
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return { hold: { customer: principal.id, units, ...(network !== undefined && { network }) } };
}

async function prepareOrder(
  params: PlaceParams,
  principal: Principal,
  { scope, key }: KeyId,
  { via, clock, origin, paymentWindowMs }: PlaceTools,
): Promise<OrderRecord> {
  const { currency, shippingAddress, payment } = params;
  // Staff place for whom they name, or for a guest; a customer always for themselves.
  const customerId = may(principal, "orders:place-for-others") ? (params.customerId ?? null) : principal.id;
  const [catalog, customers, method] = await Promise.all([
    call(via, "catalog.price", { skus: [...new Set(params.lines.map((line) => line.sku))] }),
    customerId === null ? [] : call(via, "users.byIds", { ids: [customerId] }),
    call(via, "payments.checkMethod", { method: payment.method }),
  ]);
  if (customerId !== null && customers[0] === undefined) throw refuse.unknownCustomer(customerId);
  if (!method.known) throw refuse.unknownPaymentMethod(payment.method);
  const now = clock();
  return {
    id: randomUUIDv7(),
    number: newOrderNumber(),
    reference: params.reference ?? null,
    customerId,
    email: params.email === undefined ? (customers[0]?.email ?? null) : canonicalEmail(params.email),
    language: params.language ?? customers[0]?.language ?? null,
    currency,
    ...priceLines(params.lines, currency, catalog),
    shippingAddress: tidyAddress(shippingAddress),
    paymentMethod: payment.method,
    placedAt: params.placedAt === undefined ? now : new Date(params.placedAt),
    expiresAt: new Date(now.getTime() + paymentWindowMs),
    createdAt: now,
    origin,
    placing: { scope, key },
  };
}

async function createOnce(wanted: NewOrder, { create }: PlaceTools): Promise<ClaimOutcome> {
  try {
    return await create(wanted);
  } catch (error) {
    if (violatedConstraint(error) === "orders_reference_key") {
      throw refuse.referenceTaken(wanted.order.reference ?? "");
    }
    throw error;
  }
}
