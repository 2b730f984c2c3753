// The phone book: every service's contract. Every action, event and topic of the system is found from here.

import { auth } from "../services/auth/auth.contract.ts";
import { catalog } from "../services/catalog/catalog.contract.ts";
import { gateway } from "../services/gateway/gateway.contract.ts";
import { inventory } from "../services/inventory/inventory.contract.ts";
import { notifications } from "../services/notifications/notifications.contract.ts";
import { operations } from "../services/operations/operations.contract.ts";
import { orders } from "../services/orders/orders.contract.ts";
import { payments } from "../services/payments/payments.contract.ts";
import { reports } from "../services/reports/reports.contract.ts";
import { users } from "../services/users/users.contract.ts";
import { BRIDGE_ACTIONS } from "./bridge-actions.ts";
import { type ActionContract, contractsIn } from "./contract.ts";

export const contracts = {
  auth,
  users,
  catalog,
  inventory,
  orders,
  payments,
  notifications,
  reports,
  operations,
  gateway,
} as const;
export type Contracts = typeof contracts;
type Part = "actions" | "events";
/** The name of an action or an event in the whole system: `orders.place`, `orders.confirmed`. */
export type FullName<P extends Part> = {
  [S in keyof Contracts]: `${S}.${keyof Contracts[S][P] & string}`;
}[keyof Contracts];
/** What the contracts say of it. */
export type Named<P extends Part, N> = N extends `${infer S}.${infer Own}`
  ? S extends keyof Contracts
    ? Own extends keyof Contracts[S][P]
      ? Contracts[S][P][Own]
      : never
    : never
  : never;
export type ServiceName = keyof Contracts;
export const SERVICE_NAMES = Object.keys(contracts) as readonly ServiceName[];

/** The services that have a database, and so an outbox, an inbox and the bridge's own actions. */
export const bridgedServices: readonly string[] = contractsIn(contracts)
  .filter(({ stateless }) => !stateless)
  .map(({ name }) => name);

const named = (service: string, actions: Record<string, ActionContract>) =>
  Object.entries(actions).map(([name, action]) => [`${service}.${name}`, action] as const);

/** Every action by its full name, for the checks that look one up at run time. */
export const actionContracts: ReadonlyMap<string, ActionContract> = new Map([
  ...contractsIn(contracts).flatMap(({ name, actions }) => named(name, actions)),
  ...bridgedServices.flatMap((service) => named(service, BRIDGE_ACTIONS)),
]);
