/** Every database of the system: one per service that owns data, and the sandbox provider's own. */
export const DATABASES = [
  "auth",
  "users",
  "catalog",
  "inventory",
  "orders",
  "payments",
  "notifications",
  "reports",
  "sandbox",
] as const;
export type DatabaseName = (typeof DATABASES)[number];
