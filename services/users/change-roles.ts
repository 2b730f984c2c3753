// What a user may do. A role that is given reaches his token with the next log-in or refresh; one that is taken ends his sessions,
// which the caller sees to: it is another service's.
import type { Origin } from "../../contract/events/domain-event.ts";
import type { Role } from "../../contract/permissions.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { userNotFound } from "./errors.ts";

interface Occasion {
  now: Date;
  origin: Origin;
}

const LOCK: Statement = { name: "users_lock_roles", text: "select from users where id = $1 for update" };
const ROLES: Statement = {
  name: "users_roles",
  text: "select role from user_roles where user_id = $1 order by role",
};
const GIVE: Statement = {
  name: "users_give_role",
  text: `with given as (insert into user_roles (user_id, role, granted_at) values ($1, $2, $3))
    update users set version = version + 1, updated_at = $3 where id = $1 returning version`,
};
const TAKE: Statement = {
  name: "users_take_role",
  text: `with taken as (delete from user_roles where user_id = $1 and role = $2)
    update users set version = version + 1, updated_at = $3 where id = $1 returning version`,
};

/** @returns all roles that the user has then @throws USER_NOT_FOUND (404) */
export const grantRole = (db: Database, userId: string, role: Role, occasion: Occasion): Promise<Role[]> =>
  db.transaction(async (tx) => {
    const present = await lockRoles(tx, userId);
    if (present.includes(role)) return present;
    await change(tx, { userId, role, given: true }, occasion);
    return [...present, role].sort();
  });

/** Everybody stays a customer. @returns all roles that the user has then, and whether he lost one @throws USER_NOT_FOUND (404) */
export const setRoles = (
  db: Database,
  userId: string,
  wanted: readonly Role[],
  occasion: Occasion,
): Promise<{ roles: Role[]; lost: boolean }> =>
  db.transaction(async (tx) => {
    const present = await lockRoles(tx, userId);
    const roles = [...new Set<Role>(["customer", ...wanted])].sort();
    const taken = present.filter((role) => !roles.includes(role));
    for (const role of taken) await change(tx, { userId, role, given: false }, occasion);
    for (const role of roles.filter((each) => !present.includes(each))) {
      await change(tx, { userId, role, given: true }, occasion);
    }
    return { roles, lost: taken.length > 0 };
  });

async function lockRoles(tx: Tx, userId: string): Promise<Role[]> {
  if ((await tx.query(LOCK, [userId])).length === 0) throw userNotFound();
  return (await tx.query<{ role: Role }>(ROLES, [userId])).map(({ role }) => role);
}

async function change(
  tx: Tx,
  { userId, role, given }: { userId: string; role: Role; given: boolean },
  { now, origin }: Occasion,
): Promise<void> {
  const [changed] = await tx.query<{ version: number }>(given ? GIVE : TAKE, [userId, role, now]);
  record(tx, [
    {
      type: given ? "users.role_granted" : "users.role_revoked",
      aggregateId: userId,
      aggregateVersion: changed?.version as number,
      data: { userId, role },
      occurredAt: now,
      origin,
    },
  ]);
}
