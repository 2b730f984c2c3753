// The worker's first half: mails whose turn it is are claimed, written, and put where the second half sends them. Where an order
// goes is asked of its service, outside of any transaction. What is written stays as it is: a mail that is sent twice is the same
// to the byte, whatever became of the templates.
import { setImmediate as others } from "node:timers/promises";
import type { Address } from "../../../contract/addresses.ts";
import type { Origin } from "../../../contract/events/domain-event.ts";
import type { Clock } from "../../../database/clock.ts";
import type { Database, Statement } from "../../../database/database.ts";
import type { DeliveryKind } from "../delivery-kinds.ts";
import { failedAttempt, markDeliveries, type Outcome } from "../mark-deliveries.ts";
import { type Composed, composeMail } from "./compose-mail.ts";
import type { Templates } from "./templates.ts";
import type { OrderFacts, Shop } from "./write-order.ts";

interface Claimed extends Origin {
  id: string;
  orderId: string;
  kind: DeliveryKind;
  facts: OrderFacts;
  /** This one included. */
  attempts: number;
}

type Written = Composed & { delivery: Claimed };

/** The most that may be asked of orders at once. */
const MOST = 100;
const LEASE_MS = 60_000;

/** Mails that say where the order goes. */
const WITH_ADDRESS: ReadonlySet<DeliveryKind> = new Set(["order_confirmed"]);

const CLAIM: Statement = {
  name: "deliveries_claim_unwritten",
  text: `with due as (
      select id from deliveries where compose_at <= $1 order by compose_at limit $3 for update skip locked
    )
    update deliveries set compose_at = $2, attempts = attempts + 1 from due where deliveries.id = due.id
    returning deliveries.id, order_id as "orderId", kind, facts, attempts,
      correlation_id as "correlationId", causation_id as "causationId", traceparent`,
};
// Whoever outlasted its lease finds it written.
const KEEP: Statement = {
  name: "deliveries_keep_words",
  text: `update deliveries set subject = words.subject, body = words.body, html = words.html, facts = null,
      compose_at = null, wake_at = $6, attempts = 0, error = null
    from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[]) as words (id, claim, subject, body, html)
    where deliveries.id = words.id and deliveries.compose_at is not null and deliveries.attempts = words.claim`,
};

export interface ComposeTools {
  db: Pick<Database, "query" | "transaction">;
  templates: Templates;
  shop: Shop;
  clock: Clock;
  /** Where orders go; an order that there is none of is absent. */
  /** Those of the customers whose address was not shown to be theirs: they are not mailed. */
  unverified: (customerIds: readonly string[]) => Promise<readonly string[]>;
  addressesOf: (orderIds: readonly string[]) => Promise<readonly { id: string; shippingAddress: Address }[]>;
  /** Mails of this run; a hundred at most. */
  most?: number;
}

/** Writes what is due now, as much as one run may. @returns how many mails were claimed */
export async function composeDeliveries(tools: ComposeTools): Promise<number> {
  const { db, clock } = tools;
  const now = clock();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const claimed = await db.query<Claimed>(CLAIM, [now, leaseUntil, Math.min(tools.most ?? MOST, MOST)]);
  if (claimed.length === 0) return 0;
  const { written, failed } = await writeAll(claimed, tools);
  if (written.length > 0) await keep(db, written, clock());
  if (failed.length > 0) await markDeliveries(db, "composing", failed, clock());
  return claimed.length;
}

async function writeAll(
  claimed: readonly Claimed[],
  { templates, shop, addressesOf, unverified, clock }: ComposeTools,
): Promise<{ written: Written[]; failed: Outcome[] }> {
  const addresses = await readAddresses(claimed, addressesOf);
  const strangers = await readUnverified(claimed, unverified);
  const written: Written[] = [];
  const failed: Outcome[] = [];
  for (const delivery of claimed) {
    const { kind, orderId, facts: order } = delivery;
    try {
      refuseUnverified(strangers, order.customerId);
      const address = WITH_ADDRESS.has(kind) ? addressIn(addresses, orderId) : null;
      written.push({ delivery, ...composeMail(templates, shop, { kind, order, address }) });
    } catch (error) {
      failed.push(failedAttempt(delivery, error, clock()));
    }
    // Between two mails those who place orders have their turn.
    await others();
  }
  return { written, failed };
}

/** By order; an error where they could not be had, so that only the mails that tell them wait. */
async function readAddresses(
  claimed: readonly Claimed[],
  addressesOf: ComposeTools["addressesOf"],
): Promise<Map<string, Address> | Error> {
  const ids = claimed.filter(({ kind }) => WITH_ADDRESS.has(kind)).map(({ orderId }) => orderId);
  if (ids.length === 0) return new Map();
  try {
    return new Map((await addressesOf(ids)).map(({ id, shippingAddress }) => [id, shippingAddress]));
  } catch (error) {
    return new Error(`where the order goes could not be asked: ${(error as Error).message}`);
  }
}

/** An error where it could not be asked: then nobody is mailed for now. */
async function readUnverified(
  claimed: readonly Claimed[],
  unverified: ComposeTools["unverified"],
): Promise<ReadonlySet<string> | Error> {
  const ids = [...new Set(claimed.flatMap(({ facts }) => facts.customerId ?? []))];
  if (ids.length === 0) return new Set();
  try {
    return new Set(await unverified(ids));
  } catch (error) {
    return new Error(`whose address it is could not be asked: ${(error as Error).message}`);
  }
}

function refuseUnverified(strangers: ReadonlySet<string> | Error, customerId: string | null): void {
  if (customerId === null) return;
  if (strangers instanceof Error) throw strangers;
  if (strangers.has(customerId)) throw new Error("the address was not shown to be the customer's");
}

function addressIn(addresses: Map<string, Address> | Error, orderId: string): Address | null {
  if (addresses instanceof Error) throw addresses;
  return addresses.get(orderId) ?? null;
}

async function keep(db: ComposeTools["db"], written: readonly Written[], now: Date): Promise<void> {
  const inOrder = written.toSorted((one, other) => (one.delivery.id < other.delivery.id ? -1 : 1));
  await db.query(KEEP, [
    inOrder.map(({ delivery }) => delivery.id),
    inOrder.map(({ delivery }) => delivery.attempts),
    inOrder.map(({ subject }) => subject),
    inOrder.map(({ text }) => text),
    inOrder.map(({ html }) => html),
    now,
  ]);
}
