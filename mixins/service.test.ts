// How a described service comes up when those that it calls are there, on their way, or away.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ServiceBroker, type ServiceSchema } from "moleculer";
import { defineContract } from "../contract/contract.ts";
import type { ServiceName } from "../contract/contracts.ts";
import { describeService, type Surroundings, surround } from "./service.ts";

const mugs = defineContract({ name: "mugs", domain: "catalog", stateless: true, errors: {}, actions: {}, events: {} });
const described = (needs: readonly ServiceName[]) =>
  describeService({ contract: mugs, databases: [], needs, make: (): ServiceSchema => ({ name: "mugs" }) });

let broker: ServiceBroker;

beforeEach(() => {
  broker = new ServiceBroker({ logger: false });
  surround(broker, {} as Surroundings);
});
afterEach(() => broker.stop());

/** @returns the milliseconds that it took to come up */
async function comeUp(...schemas: ServiceSchema[]): Promise<number> {
  for (const schema of schemas) broker.createService(schema);
  const began = performance.now();
  await broker.start();
  return performance.now() - began;
}

test("a service names what it needs as Moleculer's dependencies", () => {
  expect(described(["users", "catalog"])(broker).dependencies).toEqual(["users", "catalog"]);
});

test("a service that needs nobody waits for nobody", async () => {
  expect(await comeUp(described([])(broker))).toBeLessThan(500);
});

test("a service comes up after its neighbour, as soon as that is there", async () => {
  const order: string[] = [];
  const users = { name: "users", started: async () => void order.push("users") };

  const took = await comeUp({ ...described(["users"])(broker), started: async () => void order.push("mugs") }, users);

  expect(order).toEqual(["users", "mugs"]);
  expect(took).toBeLessThan(1_500);
});

test("a service comes up without a neighbour that is away, after two seconds", async () => {
  const took = await comeUp(described(["users"])(broker));

  expect(took).toBeGreaterThan(1_900);
  expect(took).toBeLessThan(4_000);
  expect(broker.services.map(({ name }) => name)).toContain("mugs");
});

test("two services that need each other both come up", async () => {
  const users = { ...described(["catalog"])(broker), name: "users" };

  await comeUp(users, { ...described(["users"])(broker), name: "catalog" });

  expect(broker.services.map(({ name }) => name)).toEqual(expect.arrayContaining(["users", "catalog"]));
});

test("a contract and a list of databases that contradict each other are refused", () => {
  const data = { name: "mugs", migrations: "/nowhere" };
  const make = () => ({ name: "mugs" });

  expect(() => describeService({ contract: mugs, databases: [data], needs: [], make })).toThrow("say different things");
});

test("without the project's configuration of the broker it says what is missing", async () => {
  const stranger = new ServiceBroker({ logger: false });

  expect(() => described([])(stranger)).toThrow("moleculer.config.ts");
});
