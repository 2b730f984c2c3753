// How much of the stock may be held for nothing: by the orders of one customer, and of one network, that wait for a payment. Staff
// are not bound. Counted where an order begins to wait, in that transaction and under a lock for each holder, so that orders sent
// at once, to any number of processes, hold no more together than one after another. An order that is paid at once, as nearly all
// are, is never counted and costs nothing.
import { hash } from "node:crypto";
import { shareOf } from "../../../contract/network-of.ts";
import type { Statement, Tx } from "../../../database/database.ts";
import type { PricedLine } from "../placing/price-lines.ts";

/** Pieces. */
export interface Allowances {
  /** Of one SKU in one order. */
  perSku: number;
  /** In all orders of one customer that wait for a payment. */
  perCustomer: number;
  /** In all of those from one network: an IPv4 address, or a site of IPv6 (48 bits). */
  perNetwork: number;
}

export const DEFAULT_ALLOWANCES: Allowances = { perSku: 1_000, perCustomer: 1_000, perNetwork: 5_000 };

/** What an order would hold, and who would hold it. */
export interface Hold {
  customer: string;
  /** A digest; absent where no client asked. */
  network?: string;
  units: number;
}

/** Says that an order may not begin to wait. Never leaves the process. */
export class BeyondAllowance extends Error {
  readonly holder: "customer" | "network";

  constructor(holder: "customer" | "network") {
    super(`The ${holder} holds as much without paying as it may`);
    this.holder = holder;
  }
}

const LOCK: Statement = {
  name: "orders_allowance_lock",
  text: `select pg_advisory_xact_lock(key)
    from (select distinct hashtextextended(holder, 0) as key from unnest($1::text[]) as holder order by key) as holders`,
};
const HELD: Statement = {
  name: "orders_unpaid_units",
  text: "select holder, units::int as units from unpaid_units($1::uuid[], $2::text[])",
};

/** Of the clients that asked last: a digest costs more than to look it up. */
const digests = new Map<string, string>();
const REMEMBERED = 1_000;

export function networkDigest(clientAddress: string | undefined): string | undefined {
  if (clientAddress === undefined) return undefined;
  const known = digests.get(clientAddress);
  if (known !== undefined) return known;
  const digest = hash("sha256", shareOf(clientAddress), "base64url").slice(0, 22);
  if (digests.size >= REMEMBERED) digests.clear();
  digests.set(clientAddress, digest);
  return digest;
}

/** The first line with which a SKU comes to more pieces than an order may have; -1 where none does. */
export function lineBeyond(lines: readonly Pick<PricedLine, "sku" | "quantity">[], perSku: number): number {
  const units = new Map<string, number>();
  return lines.findIndex(({ sku, quantity }) => {
    const sum = (units.get(sku) ?? 0) + quantity;
    units.set(sku, sum);
    return sum > perSku;
  });
}

/** Locks the holders, in one order, and reads what they hold. */
export async function readHeld(tx: Tx, holds: readonly Hold[]): Promise<Map<string, number>> {
  const customers = [...new Set(holds.map(({ customer }) => customer))];
  const networks = [...new Set(holds.flatMap(({ network }) => network ?? []))];
  // A statement of its own: what the one after it sees begins when the locks are held.
  tx.send(LOCK, [[...customers, ...networks]]);
  const rows = await tx.query<{ holder: string; units: number }>(HELD, [customers, networks]);
  return new Map(rows.map(({ holder, units }) => [holder, units]));
}

/**
 * Who gets what, first come, first served.
 * @param held pieces by holder, before
 * @returns per hold, in order, why it may not be; undefined for one that is within
 */
export function decideHolds(
  holds: readonly Hold[],
  held: ReadonlyMap<string, number>,
  { perCustomer, perNetwork }: Allowances,
): (BeyondAllowance | undefined)[] {
  const now = new Map(held);
  const sumOf = (holder: string, units: number) => (now.get(holder) ?? 0) + units;
  return holds.map((hold) => {
    const { customer, network, units } = hold;
    if (sumOf(customer, units) > perCustomer) return new BeyondAllowance("customer");
    if (network !== undefined && sumOf(network, units) > perNetwork) return new BeyondAllowance("network");
    for (const holder of [customer, network]) if (holder !== undefined) now.set(holder, sumOf(holder, units));
    return undefined;
  });
}
