// The addresses of one user. Whoever writes one locks the user's row first, so that writes come one after another: the
// bound holds, and making one address the default takes that from the other.
import { faultsOfAddress } from "../../contract/addresses.ts";
import type { Origin } from "../../contract/events/domain-event.ts";
import { invalidAddress } from "../../contract/refusals.ts";
import { type IfVersion, isWantedVersion } from "../../contract/versions.ts";
import type { Database, Statement, Tx } from "../../database/database.ts";
import { record } from "../../events/outbox/record.ts";
import { addressNotFound, tooManyAddresses, userNotFound, versionMismatch } from "./errors.ts";
import { MAX_ADDRESSES, type UserAddress } from "./users.contract.ts";
import { presentAddress, type StoredAddress } from "./users.model.ts";

type Fields = Omit<StoredAddress, "id" | "userId" | "version" | "createdAt" | "updatedAt">;
type Optionals = "line2" | "region" | "postalCode" | "phone" | "isDefaultShipping" | "isDefaultBilling";

export interface NewAddress {
  id: string;
  userId: string;
  /** What was left empty is absent. */
  fields: Omit<Fields, Optionals> & Partial<Fields>;
  origin: Origin;
}

export interface AddressChange {
  id: string;
  userId: string;
  /** Absent where the change does not depend on what was there. */
  ifVersion?: IfVersion;
  fields: Partial<Fields>;
  origin: Origin;
}

const COLUMNS = `id, user_id as "userId", name, line1, line2, city, region, postal_code as "postalCode", country, phone,
  is_default_shipping as "isDefaultShipping", is_default_billing as "isDefaultBilling", version,
  created_at as "createdAt", updated_at as "updatedAt"`;

const LOCK_USER: Statement = {
  name: "addresses_lock_user",
  text: "select id from users where id = $1 for no key update",
};
const COUNT: Statement = {
  name: "addresses_count",
  text: "select count(*)::int as kept from addresses where user_id = $1",
};
const FIND: Statement = {
  name: "addresses_find",
  text: `select ${COLUMNS} from addresses where id = $1 and user_id = $2`,
};
const TAKE_DEFAULTS: Statement = {
  name: "addresses_take_defaults",
  text: `update addresses set is_default_shipping = is_default_shipping and not $3::boolean,
      is_default_billing = is_default_billing and not $4::boolean, version = version + 1, updated_at = $5
    where user_id = $2 and id <> $1 and ((is_default_shipping and $3) or (is_default_billing and $4))
    returning ${COLUMNS}`,
};
const INSERT: Statement = {
  name: "addresses_insert",
  text: `insert into addresses (id, user_id, name, line1, line2, city, region, postal_code, country, phone,
      is_default_shipping, is_default_billing, version, updated_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
};
const UPDATE: Statement = {
  name: "addresses_update",
  text: `update addresses set name = $3, line1 = $4, line2 = $5, city = $6, region = $7, postal_code = $8, country = $9,
      phone = $10, is_default_shipping = $11, is_default_billing = $12, version = $13, updated_at = $14
    where id = $1 and user_id = $2`,
};

/** @throws USER_NOT_FOUND (404), TOO_MANY_ADDRESSES (409), INVALID_ADDRESS (422) */
export async function addAddress(db: Database, wish: NewAddress, now: Date): Promise<UserAddress> {
  const { id, userId, fields, origin } = wish;
  refuseFaults(fields);
  return db.transaction(async (tx) => {
    await lockUser(tx, userId);
    const [count] = await tx.query<{ kept: number }>(COUNT, [userId]);
    if (count !== undefined && count.kept >= MAX_ADDRESSES) throw tooManyAddresses();
    const absent = { line2: null, region: null, postalCode: null, phone: null, ...NO_DEFAULT };
    const address = { ...absent, ...filled(fields), id, userId, version: 1, createdAt: now, updatedAt: now };
    return save(tx, INSERT, address, origin);
  });
}

/** @throws ADDRESS_NOT_FOUND (404), also for somebody else's; VERSION_MISMATCH (412); INVALID_ADDRESS (422) */
export async function changeAddress(
  db: Database,
  { id, userId, ifVersion, fields, origin }: AddressChange,
  now: Date,
): Promise<UserAddress> {
  return db.transaction(async (tx) => {
    await lockUser(tx, userId);
    const [address] = await tx.query<StoredAddress>(FIND, [id, userId]);
    if (address === undefined) throw addressNotFound();
    if (ifVersion !== undefined && !isWantedVersion(ifVersion, address.version)) throw versionMismatch(address.version);
    const changed = { ...address, ...filled(fields) };
    // An address of earlier rules may stay as it is, until somebody changes what these are about.
    if (GOVERNED.some((field) => field in fields)) refuseFaults(changed);
    return save(tx, UPDATE, { ...changed, version: address.version + 1, updatedAt: now }, origin);
  });
}

const NO_DEFAULT = { isDefaultShipping: false, isDefaultBilling: false };
const GOVERNED = ["country", "postalCode", "region"] as const;

function refuseFaults(address: Parameters<typeof faultsOfAddress>[0]): void {
  const faults = faultsOfAddress(address);
  if (faults.length > 0) throw invalidAddress(faults);
}

const filled = <F extends Partial<Fields>>(fields: F): F =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === "" ? null : value])) as F;

async function lockUser(tx: Tx, userId: string): Promise<void> {
  const rows = await tx.query(LOCK_USER, [userId]);
  if (rows.length === 0) throw userNotFound();
}

async function save(tx: Tx, statement: Statement, address: StoredAddress, origin: Origin): Promise<UserAddress> {
  const { id, userId, isDefaultShipping, isDefaultBilling, updatedAt } = address;
  // Before the write itself: the indexes that allow one default each are checked row by row.
  const deposed =
    isDefaultShipping || isDefaultBilling
      ? await tx.query<StoredAddress>(TAKE_DEFAULTS, [id, userId, isDefaultShipping, isDefaultBilling, updatedAt])
      : [];
  tx.send(statement, [
    id,
    userId,
    address.name,
    address.line1,
    address.line2,
    address.city,
    address.region,
    address.postalCode,
    address.country,
    address.phone,
    isDefaultShipping,
    isDefaultBilling,
    address.version,
    updatedAt,
  ]);
  record(
    tx,
    [...deposed, address].map((saved) => ({
      type: "users.address_saved",
      aggregateId: saved.id,
      aggregateVersion: saved.version,
      data: { userId, addressId: saved.id, country: saved.country },
      occurredAt: updatedAt,
      origin,
    })),
  );
  return presentAddress(address);
}
