// Waits until a shop that nobody uses any more has delivered what it recorded, so that the next turn begins with nothing due.
import pg from "pg";
import { waitUntil } from "../../runtime/wait-until.ts";

export interface CatchUp {
  wait(): Promise<{ ms: number; mailsLeft: number }>;
  close(): Promise<void>;
}

const PRODUCERS = ["orders", "payments", "inventory"] as const;
const NAMES = [...PRODUCERS, "reports", "notifications"] as const;
const WITHIN_MS = 300_000;

const UNSENT = "select count(*)::int as n from outbox where published_at is null";
const RECORDED = "select count(*)::int as n from outbox where type = any($1)";
const CONSUMED = "select count(*)::int as n from inbox";
// Mail goes out at its own slow pace, long after the orders. What waits is dropped, or it would be sent during the turn of the
// next shop.
const DROP_MAILS = "update deliveries set status = 'SENT', sent_at = now(), wake_at = null where status = 'PENDING'";

/** @param urls of the shop's databases, by service */
export async function openCatchUp(urls: Readonly<Record<string, string>>): Promise<CatchUp> {
  const clients = new Map(NAMES.map((name) => [name, new pg.Client({ connectionString: urls[name] })]));
  for (const client of clients.values()) await client.on("error", () => {}).connect();
  const count = async (name: (typeof NAMES)[number], text: string, values: unknown[] = []): Promise<number> =>
    (await (clients.get(name) as pg.Client).query<{ n: number }>(text, values)).rows[0]?.n ?? 0;

  async function isSent(): Promise<boolean> {
    for (const name of PRODUCERS) if ((await count(name, UNSENT)) > 0) return false;
    return true;
  }
  async function isConsumed(): Promise<boolean> {
    const confirmed = await count("orders", RECORDED, [["orders.confirmed"]]);
    const settled = await count("payments", RECORDED, [["payments.authorized", "payments.failed"]]);
    for (const name of ["reports", "notifications"] as const) {
      if ((await count(name, CONSUMED)) < confirmed) return false;
    }
    return (await count("orders", CONSUMED)) >= settled;
  }

  return {
    async wait() {
      const began = performance.now();
      await waitUntil(async () => (await isSent()) && (await isConsumed()), {
        ...{ what: "delivery of every event", withinMs: WITHIN_MS, everyMs: 50 },
      });
      const ms = performance.now() - began;
      const dropped = await (clients.get("notifications") as pg.Client).query(DROP_MAILS);
      return { ms, mailsLeft: dropped.rowCount ?? 0 };
    },
    async close() {
      for (const client of clients.values()) await client.end().catch(() => {});
    },
  };
}
