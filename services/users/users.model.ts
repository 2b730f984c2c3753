// The tables as models, for plain reads. What changes them is SQL, in the file of its verb; its rows have the same names.
import { DataTypes, type InferAttributes, type Model, type ModelStatic, type Sequelize } from "sequelize";
import type { Role } from "../../contract/permissions.ts";
import type { User, UserAddress } from "./users.contract.ts";

/** A user as the table holds it. */
export type StoredUser = Omit<User, "createdAt" | "updatedAt"> & { createdAt: Date; updatedAt: Date };

export interface StoredAddress {
  id: string;
  userId: string;
  name: string;
  line1: string;
  line2: string | null;
  city: string;
  region: string | null;
  postalCode: string | null;
  country: string;
  phone: string | null;
  isDefaultShipping: boolean;
  isDefaultBilling: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface UserRow extends Model<InferAttributes<UserRow>>, StoredUser {}
export interface AddressRow extends Model<InferAttributes<AddressRow>>, StoredAddress {}
export interface UserRoleRow extends Model<InferAttributes<UserRoleRow>> {
  userId: string;
  role: Role;
  grantedAt: Date;
}

export interface UsersModels {
  User: ModelStatic<UserRow>;
  UserRole: ModelStatic<UserRoleRow>;
  Address: ModelStatic<AddressRow>;
}

export const USER_COLUMNS = `users.id, users.email, users.name, users.phone, users.language, users.reference, users.version,
  users.created_at as "createdAt", users.updated_at as "updatedAt"`;

export const presentUser = ({ createdAt, updatedAt, ...user }: StoredUser): User => ({
  ...user,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export function presentAddress(stored: StoredAddress): UserAddress {
  const { userId: _owner, line2, region, postalCode, phone, createdAt, updatedAt, ...address } = stored;
  return {
    ...address,
    ...(line2 === null ? {} : { line2 }),
    ...(region === null ? {} : { region }),
    ...(postalCode === null ? {} : { postalCode }),
    ...(phone === null ? {} : { phone }),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

const options = { timestamps: false, underscored: true };
// Functions, because Sequelize writes the column's name into the object that it is given.
const text = () => ({ type: DataTypes.TEXT, allowNull: false });
const changes = () => ({
  version: { type: DataTypes.INTEGER, allowNull: false },
  createdAt: { type: DataTypes.DATE, allowNull: false },
  updatedAt: { type: DataTypes.DATE, allowNull: false },
});

export function defineUsersModels(sequelize: Sequelize): UsersModels {
  const User = sequelize.define<UserRow>(
    "User",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      email: text(),
      name: text(),
      phone: DataTypes.TEXT,
      language: DataTypes.TEXT,
      reference: DataTypes.TEXT,
      ...changes(),
    },
    { ...options, tableName: "users" },
  );
  const UserRole = sequelize.define<UserRoleRow>(
    "UserRole",
    {
      userId: { type: DataTypes.UUID, primaryKey: true },
      role: { type: DataTypes.TEXT, primaryKey: true },
      grantedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { ...options, tableName: "user_roles" },
  );
  const Address = sequelize.define<AddressRow>(
    "Address",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      userId: { type: DataTypes.UUID, allowNull: false },
      name: text(),
      line1: text(),
      line2: DataTypes.TEXT,
      city: text(),
      region: DataTypes.TEXT,
      postalCode: DataTypes.TEXT,
      country: text(),
      phone: DataTypes.TEXT,
      isDefaultShipping: { type: DataTypes.BOOLEAN, allowNull: false },
      isDefaultBilling: { type: DataTypes.BOOLEAN, allowNull: false },
      ...changes(),
    },
    { ...options, tableName: "addresses" },
  );
  return { User, UserRole, Address };
}
