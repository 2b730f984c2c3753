// How long and how much an order may hold.
import type { Settings } from "../mixins/service.ts";
import { DEFAULT_ALLOWANCES } from "../services/orders/paying/allowances.ts";
import { type Env, integer } from "./config-values.ts";

const DAY_MS = 24 * 3_600_000;
const MOST_UNITS = 1_000_000_000;

export function readOrders(env: Env): Settings["orders"] {
  const units = (name: string, byDefault: number) => integer(name, env[name], { byDefault, min: 1, max: MOST_UNITS });
  const { perSku, perCustomer, perNetwork } = DEFAULT_ALLOWANCES;
  return {
    timeBudgetMs: integer("ORDER_TIME_BUDGET_MS", env.ORDER_TIME_BUDGET_MS, { byDefault: 4_000, min: 1, max: 9_000 }),
    leaseMs: integer("ORDER_LEASE_MS", env.ORDER_LEASE_MS, { byDefault: 30_000, min: 1_000, max: 600_000 }),
    paymentWindowMs: integer("PAYMENT_WINDOW_MS", env.PAYMENT_WINDOW_MS, {
      byDefault: 15 * 60_000,
      min: 1_000,
      max: DAY_MS,
    }),
    challengeMs: integer("PAYMENT_CHALLENGE_MS", env.PAYMENT_CHALLENGE_MS, {
      byDefault: 5 * 60_000,
      min: 1_000,
      max: DAY_MS,
    }),
    allowances: {
      perSku: units("ORDER_MAX_UNITS_PER_SKU", perSku),
      perCustomer: units("UNPAID_UNITS_PER_CUSTOMER", perCustomer),
      perNetwork: units("UNPAID_UNITS_PER_NETWORK", perNetwork),
    },
  };
}
