// Plain reads.
import { Op, type WhereOptions } from "sequelize";
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../contract/page.ts";
import { canonicalEmail } from "./canonical-email.ts";
import { addressNotFound, userNotFound } from "./errors.ts";
import type { User, UserAddress } from "./users.contract.ts";
import { presentAddress, presentUser, type UserRow, type UsersModels } from "./users.model.ts";

export interface UserListing {
  limit?: number;
  after?: string;
  filter?: { reference?: string; email?: string };
}

export async function findUser({ User }: UsersModels, id: string): Promise<User | null> {
  const row = await User.findByPk(id, { raw: true });
  return row && presentUser(row);
}

/** @throws USER_NOT_FOUND (404) */
export async function readUser(models: UsersModels, id: string): Promise<User> {
  const user = await findUser(models, id);
  if (user === null) throw userNotFound();
  return user;
}

export async function findByEmail({ User }: UsersModels, email: string): Promise<User | null> {
  const row = await User.findOne({ raw: true, where: { email: canonicalEmail(email) } });
  return row && presentUser(row);
}

/** Newest first: ids grow with time. */
export async function listUsers(
  { User }: UsersModels,
  { limit = DEFAULT_LIMIT, after, filter = {} }: UserListing,
): Promise<Page<User>> {
  const where: WhereOptions<UserRow>[] = [];
  if (filter.reference !== undefined) where.push({ reference: filter.reference });
  if (filter.email !== undefined) where.push({ email: canonicalEmail(filter.email) });
  if (after !== undefined) where.push({ id: { [Op.lt]: String(readCursor(after, ["uuid"])[0]) } });
  const rows = await User.findAll({
    raw: true,
    where: { [Op.and]: where },
    order: [["id", "DESC"]],
    limit: limit + 1,
  });
  return pageOf(rows, limit, (row) => [row.id], presentUser);
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
