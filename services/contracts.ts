// The phone book: every service's contract. Every action, event and topic of the system is found from here.
import { auth } from "./auth/auth.contract.ts";
import { catalog } from "./catalog/catalog.contract.ts";
import type { ActionContract } from "./contract.ts";
import { inventory } from "./inventory/inventory.contract.ts";
import { orders } from "./orders/orders.contract.ts";
import { payments } from "./payments/payments.contract.ts";
import { users } from "./users/users.contract.ts";

export const contracts = { auth, users, catalog, inventory, orders, payments } as const;
export type Contracts = typeof contracts;

/** Every action by its full name, for the checks that look one up at run time. */
export const actionContracts: ReadonlyMap<string, ActionContract> = new Map(
  Object.values(contracts).flatMap((contract) =>
    Object.entries(contract.actions as Record<string, ActionContract>).map(
      ([name, action]) => [`${contract.name}.${name}`, action] as const,
    ),
  ),
);
