// What a user may do. It reaches the user's token with the next login or refresh.

import type { Origin } from "../../contract/events/domain-event.ts";
import type { Role } from "../../contract/permissions.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { userNotFound } from "./errors.ts";

export interface RoleGrant {
  userId: string;
  role: Role;
  origin: Origin;
}

const GRANT: Statement = {
  name: "users_grant_role",
  text: `with granted as (
      insert into user_roles (user_id, role, granted_at) select id, $2, $3 from users where id = $1
      on conflict do nothing
      returning user_id
    )
    update users set version = version + 1, updated_at = $3 from granted where users.id = granted.user_id
    returning version`,
};
const ROLES: Statement = {
  name: "users_roles",
  text: "select role from user_roles where user_id = $1 order by role",
};

/**
 * @returns all roles that the user has then
 * @throws USER_NOT_FOUND (404)
 */
export async function grantRole(db: Database, { userId, role, origin }: RoleGrant, now: Date): Promise<Role[]> {
  return db.transaction(async (tx) => {
    const [granted] = await tx.query<{ version: number }>(GRANT, [userId, role, now]);
    const roles = await tx.query<{ role: Role }>(ROLES, [userId]);
    // Everybody has at least the role that comes with being created.
    if (roles.length === 0) throw userNotFound();
    if (granted !== undefined) {
      record(tx, [
        {
          type: "users.role_granted",
          aggregateId: userId,
          aggregateVersion: granted.version,
          data: { userId, role },
          occurredAt: now,
          origin,
        },
      ]);
    }
    return roles.map((row) => row.role);
  });
}
