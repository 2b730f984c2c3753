// A profile is changed only by who has seen its present version; two who saw the same one do not overwrite each other.

import type { Origin } from "../../contract/events/domain-event.ts";
import { orNull } from "../../contract/text.ts";
import { type IfVersion, wantedVersions } from "../../contract/versions.ts";
import type { Database, Statement } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { userNotFound, versionMismatch } from "./errors.ts";
import type { User } from "./users.contract.ts";
import { presentUser, type StoredUser, USER_COLUMNS } from "./users.model.ts";

export interface ProfileChange {
  userId: string;
  ifVersion: IfVersion;
  name?: string;
  /** Null removes it. */
  phone?: string | null;
  /** Null forgets it. */
  language?: string | null;
  origin: Origin;
}

const CHANGE: Statement = {
  name: "users_change",
  text: `update users set name = coalesce($3::text, name), phone = case when $4::boolean then $5::text else phone end,
      language = case when $6::boolean then $7::text else language end, version = version + 1, updated_at = $8
    where id = $1 and ($2::bigint[] is null or version = any($2))
    returning ${USER_COLUMNS}`,
};
const VERSION: Statement = { name: "users_version", text: "select version from users where id = $1" };

/** @throws USER_NOT_FOUND (404), VERSION_MISMATCH (412) */
export async function changeProfile(db: Database, change: ProfileChange, now: Date): Promise<User> {
  const { userId, ifVersion, name = null, phone, language, origin } = change;
  return db.transaction(async (tx) => {
    const [changed] = await tx.query<StoredUser>(CHANGE, [
      userId,
      wantedVersions(ifVersion),
      name,
      phone !== undefined,
      orNull(phone),
      language !== undefined,
      language ?? null,
      now,
    ]);
    if (changed === undefined) {
      const [current] = await tx.query<{ version: number }>(VERSION, [userId]);
      throw current === undefined ? userNotFound() : versionMismatch(current.version);
    }
    record(tx, [
      {
        type: "users.updated",
        aggregateId: userId,
        aggregateVersion: changed.version,
        data: { userId, email: changed.email, name: changed.name, phone: changed.phone },
        occurredAt: now,
        origin,
      },
    ]);
    return presentUser(changed);
  });
}
