import { type Static, Type } from "typebox";
import { Address, AddressInput } from "../../contract/addresses.ts";
import { defineContract, internalTo } from "../../contract/contract.ts";
import { Email, EmailInput } from "../../contract/email.ts";
import {
  After,
  Country,
  Idempotency,
  Language,
  Limit,
  Nullable,
  OneOf,
  Page,
  PersonName,
  PersonNameInput,
  Phone,
  PhoneInput,
  Reference,
  Timestamp,
  Uuid,
} from "../../contract/fields.ts";
import { ROLES } from "../../contract/permissions.ts";
import { sharing } from "../../contract/refusals.ts";
import { IfVersion, Version } from "../../contract/versions.ts";

export const MAX_ADDRESSES = 50;

const Role = OneOf(ROLES);
const Roles = Type.Object({ roles: Type.Array(Role) }, { title: "Roles" });
const ById = { id: Uuid };
const LISTED = { action: "users.list", with: { id: "$response.body#/data/0/id" } } as const;

export const User = Type.Object(
  {
    id: Uuid,
    email: Email,
    name: PersonName,
    phone: Nullable(Phone),
    language: Nullable(Language),
    reference: Nullable(Reference),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: Version,
  },
  { title: "User" },
);
export type User = Static<typeof User>;

const Defaults = { isDefaultShipping: Type.Boolean(), isDefaultBilling: Type.Boolean() };

export const UserAddress = Type.Object(
  {
    id: Uuid,
    ...Address.properties,
    ...Defaults,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: Version,
  },
  { title: "UserAddress" },
);
export type UserAddress = Static<typeof UserAddress>;

const NewAddress = {
  ...AddressInput.properties,
  isDefaultShipping: Type.Optional(Defaults.isDefaultShipping),
  isDefaultBilling: Type.Optional(Defaults.isDefaultBilling),
};

const fields = AddressInput.properties;

/** Absent stays as it is; null removes what may be absent. */
const AddressChange = {
  name: Type.Optional(fields.name),
  line1: Type.Optional(fields.line1),
  line2: Type.Optional(Nullable(fields.line2)),
  city: Type.Optional(fields.city),
  region: Type.Optional(Nullable(fields.region)),
  postalCode: Type.Optional(Nullable(fields.postalCode)),
  country: Type.Optional(fields.country),
  phone: Type.Optional(Nullable(fields.phone)),
  isDefaultShipping: Type.Optional(Defaults.isDefaultShipping),
  isDefaultBilling: Type.Optional(Defaults.isDefaultBilling),
};

const answerAdded = ({ user, replayed }: { user: User; replayed: boolean }) => ({
  status: 201,
  headers: {
    Location: `/v1/users/${user.id}`,
    ...(replayed ? { "Idempotent-Replayed": "true" } : {}),
  },
  body: user,
});

const answerNewAddress = (address: UserAddress) => ({
  status: 201,
  headers: { Location: `/v1/users/me/addresses/${address.id}` },
  body: address,
});

export const users = defineContract({
  name: "users",
  domain: "identity",
  topic: "commerce.users.v1",
  errors: {
    ...sharing(
      "invalid_address",
      "invalid_email",
      "idempotency_key_reused",
      "email_taken",
      "reference_taken",
      "version_mismatch",
    ),
    own_roles: { status: 409, message: "Nobody gives or takes his own roles" },
    user_not_found: { status: 404, message: "There is no such user" },
    address_not_found: { status: 404, message: "There is no such address" },
    too_many_addresses: { status: 409, message: `A user keeps at most ${MAX_ADDRESSES} addresses` },
  },
  actions: {
    me: {
      access: "customer",
      params: {},
      result: User,
      refusals: ["user_not_found"],
      http: { method: "GET", path: "/v1/users/me", summary: "One's own profile", etag: true },
    },
    updateMe: {
      access: "customer",
      params: {
        name: Type.Optional(PersonNameInput),
        phone: Type.Optional(Nullable(PhoneInput)),
        language: Type.Optional(Nullable(Language)),
        ifVersion: IfVersion,
      },
      result: User,
      refusals: ["user_not_found", "version_mismatch"],
      http: {
        method: "PATCH",
        path: "/v1/users/me",
        summary: "Change one's own profile",
        example: { phone: "+44 20 7946 0000" },
        follows: { action: "users.me", with: { ifVersion: "$response.header.ETag" } },
        ifMatch: true,
        etag: true,
      },
    },
    addresses: {
      access: "customer",
      params: {},
      result: Type.Object({ data: Type.Array(UserAddress, { maxItems: MAX_ADDRESSES }) }),
      http: { method: "GET", path: "/v1/users/me/addresses", summary: "One's own addresses, oldest first" },
    },
    addAddress: {
      access: "customer",
      params: NewAddress,
      result: UserAddress,
      refusals: ["user_not_found", "too_many_addresses", "invalid_address"],
      http: {
        method: "POST",
        path: "/v1/users/me/addresses",
        summary: "Add an address",
        example: {
          name: "Ada Lovelace",
          line1: "12 St James Square",
          city: "London",
          postalCode: "SW1Y 4JH",
          country: "GB",
        },
        status: 201,
        location: true,
        etag: true,
        answer: answerNewAddress,
      },
    },
    address: {
      access: "customer",
      params: ById,
      result: UserAddress,
      refusals: ["address_not_found"],
      http: {
        method: "GET",
        path: "/v1/users/me/addresses/{id}",
        summary: "One of one's addresses",
        follows: { action: "users.addAddress", with: { id: "$response.body#/id" } },
        etag: true,
      },
    },
    changeAddress: {
      access: "customer",
      params: { ...ById, ...AddressChange, ifVersion: IfVersion },
      result: UserAddress,
      refusals: ["address_not_found", "version_mismatch", "invalid_address"],
      http: {
        method: "PATCH",
        path: "/v1/users/me/addresses/{id}",
        summary: "Change an address",
        example: { phone: "+44 20 7946 0000" },
        follows: { action: "users.address", with: { id: "$response.body#/id", ifVersion: "$response.header.ETag" } },
        ifMatch: true,
        etag: true,
      },
    },
    removeAddress: {
      access: "customer",
      params: ById,
      result: Type.Null(),
      refusals: ["address_not_found"],
      http: {
        method: "DELETE",
        path: "/v1/users/me/addresses/{id}",
        summary: "Remove an address",
        follows: { action: "users.addAddress", with: { id: "$response.body#/id" } },
        status: 204,
      },
    },
    makeDefaultAddress: {
      access: "customer",
      idempotent: true,
      params: {
        ...ById,
        use: Type.Optional(
          Type.Unsafe<"shipping" | "billing">({ ...OneOf(["shipping", "billing"]), description: "Both when absent" }),
        ),
      },
      result: UserAddress,
      refusals: ["address_not_found"],
      http: {
        method: "PUT",
        path: "/v1/users/me/addresses/{id}/default",
        summary: "Make an address the default for shipping, billing or both",
        example: { use: "shipping" },
        follows: { action: "users.addAddress", with: { id: "$response.body#/id" } },
        etag: true,
      },
    },
    add: {
      access: "users:write-any",
      params: {
        email: EmailInput,
        name: PersonNameInput,
        language: Type.Optional(Language),
        reference: Type.Optional(Reference),
        idempotency: Type.Optional(Idempotency),
      },
      result: Type.Object({ user: User, replayed: Type.Boolean() }),
      refusals: ["email_taken", "reference_taken", "invalid_email", "idempotency_key_reused"],
      http: {
        method: "POST",
        path: "/v1/users",
        summary: "Create a customer",
        example: { email: "carl@example.com", name: "Carl", reference: "17850" },
        status: 201,
        location: true,
        etag: true,
        idempotencyKey: "optional",
        body: User,
        answer: answerAdded,
      },
    },
    list: {
      access: "users:read-any",
      params: {
        limit: Limit,
        after: After,
        filter: Type.Optional(
          Type.Object(
            { reference: Type.Optional(Reference), email: Type.Optional(EmailInput) },
            { additionalProperties: false, title: "UserFilter" },
          ),
        ),
      },
      result: Page(User),
      refusals: ["invalid_email"],
      http: {
        method: "GET",
        path: "/v1/users",
        summary: "Users, newest first",
        example: { filter: { email: "ada@example.com" } },
      },
    },
    get: {
      access: "users:read-any",
      params: ById,
      result: User,
      refusals: ["user_not_found"],
      http: {
        method: "GET",
        path: "/v1/users/{id}",
        summary: "One user",
        follows: { action: "users.me", with: { id: "$response.body#/id" } },
        etag: true,
      },
    },
    create: {
      access: internalTo("auth"),
      idempotent: true,
      params: { ...ById, email: EmailInput, name: PersonNameInput, language: Type.Optional(Language) },
      result: User,
      refusals: ["email_taken", "invalid_email"],
    },
    find: { access: internalTo(), params: ById, result: Nullable(User) },
    byEmail: { access: internalTo(), params: { email: EmailInput }, result: Nullable(User) },
    byIds: {
      access: internalTo("orders", "notifications"),
      params: { ids: Type.Array(Uuid, { maxItems: 100 }) },
      result: Type.Array(Type.Object({ id: Uuid, email: Email, name: PersonName, language: Nullable(Language) })),
    },
    rolesOf: { access: internalTo("auth"), params: ById, result: Roles },
    roles: {
      access: "users:read-any",
      params: ById,
      result: Roles,
      refusals: ["user_not_found"],
      http: { method: "GET", path: "/v1/users/{id}/roles", summary: "What a user may be", follows: LISTED },
    },
    setRoles: {
      access: "users:write-any",
      security: { event: "role_change", target: "id" },
      recentProof: 15 * 60,
      idempotent: true,
      params: { ...ById, roles: Type.Array(Role, { maxItems: ROLES.length, uniqueItems: true }) },
      result: Roles,
      refusals: ["user_not_found", "own_roles"],
      http: {
        method: "PUT",
        path: "/v1/users/{id}/roles",
        summary: "Give and take roles; everybody stays a customer. Who loses one is logged out everywhere",
        example: { roles: ["customer"] },
        follows: LISTED,
      },
    },
    grantRole: {
      access: internalTo(),
      security: { event: "role_change", target: "id" },
      idempotent: true,
      params: { ...ById, role: Role },
      result: Roles,
      refusals: ["user_not_found"],
    },
  },
  events: {
    created: Type.Object({ userId: Uuid, email: Email, name: PersonName, reference: Nullable(Reference) }),
    updated: Type.Object({ userId: Uuid, email: Email, name: PersonName, phone: Nullable(Phone) }),
    role_granted: Type.Object({ userId: Uuid, role: Role }),
    role_revoked: Type.Object({ userId: Uuid, role: Role }),
    address_saved: Type.Object({ userId: Uuid, addressId: Uuid, country: Country }),
    address_removed: Type.Object({ userId: Uuid, addressId: Uuid }),
  },
});
