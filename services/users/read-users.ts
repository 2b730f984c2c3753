// Plain reads.

import { canonicalEmail } from "../../contract/email.ts";
import type { Page } from "../../contract/page.ts";
import type { PlainReads } from "../../mixins/plain-reads.ts";
import { addressNotFound, userNotFound } from "./errors.ts";
import type { User, UserAddress } from "./users.contract.ts";
import { presentAddress, presentUser, type StoredUser, type UsersModels } from "./users.model.ts";

export interface UserListing {
  limit?: number;
  after?: string;
  filter?: { reference?: string; email?: string };
}

export async function findUser(users: PlainReads<StoredUser>, id: string): Promise<User | null> {
  const stored = await users.byKey(id);
  return stored && presentUser(stored);
}

/** @throws USER_NOT_FOUND (404) */
export async function readUser(users: PlainReads<StoredUser>, id: string): Promise<User> {
  const user = await findUser(users, id);
  if (user === null) throw userNotFound();
  return user;
}

export async function findByEmail({ User }: UsersModels, email: string): Promise<User | null> {
  const row = await User.findOne({ raw: true, where: { email: canonicalEmail(email) } });
  return row && presentUser(row);
}

/** Newest first: ids grow with time. */
export function listUsers(users: PlainReads<StoredUser>, { filter = {}, ...paging }: UserListing): Promise<Page<User>> {
  const { reference, email } = filter;
  return users.page(paging, { reference, email: email && canonicalEmail(email) }, presentUser);
}

export async function readRoles({ UserRole }: UsersModels, userId: string) {
  const rows = await UserRole.findAll({ raw: true, where: { userId }, order: ["role"] });
  return { roles: rows.map((row) => row.role) };
}

/** Oldest first; there are never more than MAX_ADDRESSES. */
export async function listAddresses({ Address }: UsersModels, userId: string): Promise<{ data: UserAddress[] }> {
  const rows = await Address.findAll({ raw: true, where: { userId }, order: ["id"] });
  return { data: rows.map(presentAddress) };
}

/** @throws ADDRESS_NOT_FOUND (404), also for somebody else's */
export async function readAddress({ Address }: UsersModels, id: string, userId: string): Promise<UserAddress> {
  const row = await Address.findOne({ raw: true, where: { id, userId } });
  if (row === null) throw addressNotFound();
  return presentAddress(row);
}
