// Makes users: once per id and once per idempotency key, never two of one e-mail address or reference. Set-shaped: any
// number of users in one transaction, each answered by itself; a refused one costs its neighbours nothing.

import type { Origin } from "../../contract/events/domain-event.ts";
import { idempotencyKeyReused } from "../../contract/refusals.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { type ClaimOutcome, claimKeys, forgetKeys, rememberAnswers } from "../../database/idempotency.ts";
import { record } from "../../events/outbox/record.ts";
import { emailTaken, referenceTaken } from "./errors.ts";
import type { User } from "./users.contract.ts";
import { presentUser, type StoredUser, USER_COLUMNS } from "./users.model.ts";

export interface NewUser {
  id: string;
  /** In its canonical form. */
  email: string;
  name: string;
  language: string | null;
  reference: string | null;
  idempotency?: { scope: string; key: string; fingerprint: string };
  origin: Origin;
}

export interface CreateAnswer {
  user: User;
  replayed: boolean;
}

// Ordered, so that two batches that share an address wait for each other instead of deadlocking; of two wishes for one
// address in a batch the first comes first.
const INSERT: Statement = {
  name: "users_insert",
  text: `with wish as (
      select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
        with ordinality as wish (id, email, name, reference, language, place)
      order by email, place
    ), users as (
      insert into users (id, email, name, reference, language, version, created_at, updated_at)
      select id, email, name, reference, language, 1, $6::timestamptz, $6::timestamptz from wish
      on conflict do nothing
      returning *
    ), roles as (
      insert into user_roles (user_id, role, granted_at) select id, 'customer', created_at from users
    )
    select ${USER_COLUMNS} from users`,
};
const FIND_RIVALS: Statement = {
  name: "users_find_rivals",
  text: `select ${USER_COLUMNS} from users where id = any($1::uuid[]) or email = any($2::text[]) or reference = any($3::text[])`,
};

/** @returns per wish, in order: the user, or its own refusal */
export async function createUsers(
  db: Database,
  wishes: readonly NewUser[],
  now: Date,
): Promise<(CreateAnswer | Error)[]> {
  return db.transaction(async (tx) => {
    const outcomes = await claim(tx, wishes, now);
    const open = wishes.filter((_, i) => outcomes[i]?.kind === "new");
    const made = open.length === 0 ? new Map<string, StoredUser>() : await insert(tx, open, now);
    const late = open.filter((wish) => !made.has(wish.id));
    const rivals = late.length === 0 ? [] : await findRivals(tx, late);

    const settled = new Map(open.map((wish) => [wish.id, settle(wish, made, rivals)]));
    write(tx, [...made.values()], open, settled, now);
    return wishes.map((wish, i) => answer(wish, outcomes[i] as ClaimOutcome, settled));
  });
}

/** A wish without a key is always new. */
async function claim(tx: Tx, wishes: readonly NewUser[], now: Date): Promise<ClaimOutcome[]> {
  const claims = wishes.flatMap(({ id, idempotency }) => (idempotency ? [{ ...idempotency, resourceId: id }] : []));
  const claimed = claims.length === 0 ? [] : await claimKeys(tx, claims, { now, lockedUntil: null });
  return wishes.map(({ idempotency }) => (idempotency ? (claimed.shift() as ClaimOutcome) : { kind: "new" }));
}

async function insert(tx: Tx, open: readonly NewUser[], now: Date): Promise<Map<string, StoredUser>> {
  const rows = await tx.query<StoredUser>(INSERT, [
    open.map((wish) => wish.id),
    open.map((wish) => wish.email),
    open.map((wish) => wish.name),
    open.map((wish) => wish.reference),
    open.map((wish) => wish.language),
    now,
  ]);
  return new Map(rows.map((row) => [row.id, row]));
}

const findRivals = (tx: Tx, late: readonly NewUser[]) =>
  tx.query<StoredUser>(FIND_RIVALS, [
    late.map((wish) => wish.id),
    late.map((wish) => wish.email),
    late.map((wish) => wish.reference),
  ]);

function settle(wish: NewUser, made: Map<string, StoredUser>, rivals: readonly StoredUser[]): CreateAnswer | Error {
  const user = made.get(wish.id) ?? rivals.find((rival) => rival.id === wish.id);
  if (user !== undefined) return { user: presentUser(user), replayed: false };
  return rivals.some((rival) => rival.email === wish.email) ? emailTaken() : referenceTaken();
}

function answer(
  wish: NewUser,
  outcome: ClaimOutcome,
  settled: Map<string, CreateAnswer | Error>,
): CreateAnswer | Error {
  if (outcome.kind === "new") return settled.get(wish.id) as CreateAnswer | Error;
  if (outcome.kind === "reused") return idempotencyKeyReused();
  if (outcome.kind === "done") return { user: outcome.response as User, replayed: true };
  // The same key twice in this batch: the second fares as the first.
  const first = settled.get(outcome.resourceId) as CreateAnswer | Error;
  return first instanceof Error ? first : { ...first, replayed: true };
}

function write(
  tx: Tx,
  made: readonly StoredUser[],
  open: readonly NewUser[],
  settled: Map<string, CreateAnswer | Error>,
  now: Date,
): void {
  const origins = new Map(open.map((wish) => [wish.id, wish.origin]));
  record(
    tx,
    made.map(({ id, email, name, reference }) => ({
      type: "users.created",
      aggregateId: id,
      aggregateVersion: 1,
      data: { userId: id, email, name, reference },
      occurredAt: now,
      origin: origins.get(id),
    })),
  );
  const keyed = open.flatMap(({ id, idempotency }) =>
    idempotency ? [{ ...idempotency, answer: settled.get(id) }] : [],
  );
  rememberAnswers(
    tx,
    keyed.flatMap(({ scope, key, answer }) =>
      answer === undefined || answer instanceof Error ? [] : [{ scope, key, response: answer.user }],
    ),
  );
  // A refusal has no effect to remember: the key may be used again.
  forgetKeys(
    tx,
    keyed.filter(({ answer }) => answer instanceof Error),
  );
}
