// The keys that access tokens are signed with: made at the first need, private parts in this database alone. A new key is
// published before it signs, long enough for every verifier to have fetched it; an old one stays published until the
// last token that it signed has expired. So a rotation fails no request.
import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from "node:crypto";
import { ACCESS_TOKEN_SECONDS, type Jwk, KEYS_LIVE_SECONDS } from "../../../contract/access-tokens.ts";
import type { Database, Statement, Tx } from "../../../database/database.ts";
import { record } from "../../../events/outbox/record.ts";

export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicJwk: Jwk;
  signsFrom: Date;
}

interface KeyRow {
  kid: string;
  privateJwk: JsonWebKey;
  signsFrom: Date;
}

/** A node's own copy of the keys is this old at most. */
export const RELOAD_SECONDS = 30;
const LEAD_MS = (2 * KEYS_LIVE_SECONDS + RELOAD_SECONDS) * 1_000;
const LINGER_MS = (ACCESS_TOKEN_SECONDS + 2 * RELOAD_SECONDS) * 1_000;

const FIND: Statement = {
  name: "signing_keys_find",
  text: `select kid, private_jwk as "privateJwk", signs_from as "signsFrom" from signing_keys order by signs_from`,
};
const LOCK: Statement = {
  name: "signing_keys_lock",
  text: "select pg_advisory_xact_lock(hashtext('signing_keys'))",
};
const INSERT: Statement = {
  name: "signing_keys_insert",
  text: "insert into signing_keys (kid, private_jwk, signs_from, created_at) values ($1, $2, $3, $4)",
};
const DROP: Statement = { name: "signing_keys_drop", text: "delete from signing_keys where kid = any($1)" };

/** All keys, oldest first; a first one is made where there is none, once however many nodes ask at once. */
export async function loadKeys(db: Database, now: Date): Promise<SigningKey[]> {
  const rows = await db.query<KeyRow>(FIND);
  if (rows.length > 0) return rows.map(toKey);
  return db.transaction(async (tx) => {
    const present = await lockAndFind(tx);
    return (present.length > 0 ? present : [addKey(tx, now, now)]).map(toKey);
  });
}

/**
 * Publishes a key that will sign after all verifiers know it, and drops those that no living token needs. Asked again
 * before that moment it answers with the same key.
 */
export async function rotateKeys(db: Database, now: Date): Promise<{ kid: string; signsFrom: Date }> {
  return db.transaction(async (tx) => {
    const keys = await lockAndFind(tx);
    const coming = keys.find((key) => key.signsFrom > now);
    if (coming !== undefined) return coming;
    tx.send(DROP, [keys.filter((key) => !isNeeded(key, keys, now)).map((key) => key.kid)]);
    const { kid, signsFrom } = addKey(tx, keys.length === 0 ? now : new Date(now.getTime() + LEAD_MS), now);
    record(tx, [
      {
        type: "auth.keys_rotated",
        aggregateId: kid,
        aggregateVersion: 1,
        data: { kid, signsFrom: signsFrom.toISOString() },
        occurredAt: now,
      },
    ]);
    return { kid, signsFrom };
  });
}

/** The newest whose time has come. */
export function signingKeyOf<K extends { signsFrom: Date }>(keys: readonly K[], now: Date): K {
  // With clocks a little apart, a key just made by another node may seem to lie in the future: the oldest then.
  return keys.findLast((key) => key.signsFrom <= now) ?? (keys[0] as K);
}

/** The keys that verifiers must know: those to come, the one that signs, and those whose last tokens may still live. */
export const publishedKeys = <K extends { signsFrom: Date }>(keys: readonly K[], now: Date): K[] =>
  keys.filter((key) => isNeeded(key, keys, now));

function isNeeded<K extends { signsFrom: Date }>(key: K, keys: readonly K[], now: Date): boolean {
  const successor = keys.find((other) => other.signsFrom > key.signsFrom);
  return successor === undefined || now.getTime() < successor.signsFrom.getTime() + LINGER_MS;
}

async function lockAndFind(tx: Tx): Promise<KeyRow[]> {
  tx.send(LOCK);
  return tx.query<KeyRow>(FIND);
}

function addKey(tx: Tx, signsFrom: Date, now: Date): KeyRow {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const row: KeyRow = { kid: randomUUID(), privateJwk: privateKey.export({ format: "jwk" }), signsFrom };
  tx.send(INSERT, [row.kid, JSON.stringify(row.privateJwk), signsFrom, now]);
  return row;
}

function toKey({ kid, privateJwk, signsFrom }: KeyRow): SigningKey {
  // Picked one by one: `d`, the private part, must not get out.
  const { x, y } = privateJwk as { x: string; y: string };
  return {
    kid,
    signsFrom,
    privateKey: createPrivateKey({ key: privateJwk, format: "jwk" }),
    publicJwk: { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" },
  };
}
