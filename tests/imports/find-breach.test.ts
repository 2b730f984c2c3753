import { expect, test } from "@jest/globals";
import { findBreach } from "./find-breach.ts";

test.each([
  ["services/orders/place-order.ts", "services/payments/payments.contract.ts"],
  ["services/orders/place-order.ts", "services/orders/errors.ts"],
  ["services/orders/place-order.ts", "services/money.ts"],
  ["services/orders/recovery.test.ts", "services/inventory/inventory.service.ts"],
  ["runtime/create-node.ts", "services/orders/orders.service.ts"],
  ["runtime/seed-shop.ts", "services/typed.ts"],
])("%s may import %s", (from, to) => {
  expect(findBreach(from, to)).toBeUndefined();
});

test.each([
  ["services/orders/place-order.ts", "services/payments/payments.service.ts"],
  ["services/orders/orders.contract.ts", "services/inventory/stock-movements.ts"],
  ["services/orders/place-order.ts", "runtime/config.ts"],
  ["mixins/gather.ts", "services/orders/errors.ts"],
  ["runtime/seed-shop.ts", "services/users/grant-role.ts"],
  ["middlewares/access.ts", "services/auth/auth.service.ts"],
])("%s must not import %s", (from, to) => {
  expect(findBreach(from, to)).toBeDefined();
});
