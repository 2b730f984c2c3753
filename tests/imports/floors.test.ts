import { describe, expect, test } from "@jest/globals";
import { findBreach, namesServices } from "./floors.ts";

describe("arrows along a floor or down", () => {
  test.each([
    ["services/orders/placing/place-order.ts", "services/payments/payments.contract.ts"],
    ["services/orders/placing/place-order.ts", "services/orders/errors.ts"],
    ["services/orders/placing/place-order.ts", "contract/money.ts"],
    ["services/orders/orders.service.ts", "mixins/database.mixin.ts"],
    ["services/orders/driving/recovery.test.ts", "services/inventory/inventory.service.ts"],
    ["mixins/kafka-bridge.mixin.ts", "events/bridge.ts"],
    ["events/outbox/relay.ts", "database/database.ts"],
    ["database/gather.ts", "contract/contract.ts"],
    ["contract/contracts.ts", "services/users/users.contract.ts"],
    ["runtime/seed-shop.ts", "contract/typed.ts"],
    ["moleculer.config.ts", "runtime/config.ts"],
  ])("%s may import %s", (from, to) => {
    expect(findBreach(from, to)).toBeUndefined();
  });
});

describe("arrows up, and through walls", () => {
  test.each([
    ["services/orders/placing/place-order.ts", "services/payments/payments.service.ts"],
    ["services/orders/orders.contract.ts", "services/inventory/stock-movements.ts"],
    ["services/orders/placing/place-order.ts", "runtime/config.ts"],
    ["services/orders/orders.service.ts", "moleculer.config.ts"],
    ["services/orders/orders.service.ts", "services/orders/testing/shop.ts"],
    ["middlewares/access.ts", "services/auth/auth.contract.ts"],
    ["mixins/database.mixin.ts", "middlewares/access.ts"],
    ["events/bridge.ts", "mixins/kafka-bridge.mixin.ts"],
    ["database/gather.ts", "events/driver.ts"],
    ["contract/typed.ts", "events/subscription.ts"],
    ["contract/typed.ts", "services/users/users.contract.ts"],
    ["contract/contracts.ts", "services/users/users.service.ts"],
    ["runtime/main.ts", "bench/machine.ts"],
  ])("%s must not import %s", (from, to) => {
    expect(findBreach(from, to)).toBeDefined();
  });
  test("what stands below the services does not name their folder in a text either", () => {
    expect(namesServices("database/read-migrations.ts", 'join(ROOT, "services", name)')).toBe(true);
    expect(namesServices("database/read-migrations.ts", "// as services/orders does")).toBe(false);
    expect(namesServices("runtime/find-service.ts", "import(`../services/x.ts`)")).toBe(false);
  });
});
