// What a role may do. Checked by the service that owns the action, with the roles of the caller's signed token.

export const PERMISSIONS = [
  "catalog:write",
  "inventory:read",
  "inventory:write",
  "orders:read-any",
  "orders:place-for-others",
  "reports:read",
  "users:read-any",
  "users:write-any",
  "operations",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["customer", "staff"] as const;
export type Role = (typeof ROLES)[number];

const GRANTS: Record<Role, readonly Permission[]> = {
  customer: [],
  staff: PERMISSIONS,
};

/** Who is asking, as the verified token says. */
export interface Principal {
  id: string;
  roles: readonly Role[];
  /** When he last proved to be himself, in seconds since 1970; absent in tokens of the release before. */
  provenAt?: number;
}

export const may = (principal: Principal | undefined, permission: Permission): boolean =>
  principal?.roles.some((role) => GRANTS[role]?.includes(permission)) ?? false;
