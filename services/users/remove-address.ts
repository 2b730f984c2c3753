import type { Origin } from "../../contract/events/domain-event.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { addressNotFound } from "./errors.ts";

const DELETE: Statement = {
  name: "addresses_delete",
  text: "delete from addresses where id = $1 and user_id = $2 returning version",
};

/** @throws ADDRESS_NOT_FOUND (404), also for somebody else's */
export async function removeAddress(
  db: Database,
  { id, userId, origin }: { id: string; userId: string; origin: Origin },
  now: Date,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [removed] = await tx.query<{ version: number }>(DELETE, [id, userId]);
    if (removed === undefined) throw addressNotFound();
    record(tx, [
      {
        type: "users.address_removed",
        aggregateId: id,
        aggregateVersion: removed.version + 1,
        data: { userId, addressId: id },
        occurredAt: now,
        origin,
      },
    ]);
  });
}
