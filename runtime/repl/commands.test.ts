import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openParkingShop, type ParkingShop } from "../../services/operations/testing/parking-shop.ts";
import { COMMANDS } from "./commands.ts";

let shop: ParkingShop;
beforeEach(async () => {
  shop = await openParkingShop();
});
afterEach(() => shop.close());

function type(command: string, id?: string): Promise<string> {
  const { run } = COMMANDS.find((each) => each.command.split(" ")[0] === command) as (typeof COMMANDS)[number];
  return run(shop.broker, id === undefined ? {} : { id });
}

/** The id of the one that `reports` has parked, as the list prints it. */
async function parked(): Promise<string> {
  shop.fault = "no such day";
  await shop.confirm(1);
  shop.fault = undefined;
  return /^reports +(\S+)/m.exec(await type("dead-letters"))?.[1] as string;
}

test("event-flow shows what is parked, and who gave no answer", async () => {
  await parked();
  await shop.broker.destroyService("notifications");

  const words = await type("event-flow");

  expect(words).toMatch(/^reports +reports-test +0 +1 +yes$/m);
  expect(words).toMatch(/gave no answer: notifications$/);
});

test("dead-letters lists those of all services, dead-letter shows one whole", async () => {
  const id = await parked();

  const [, ...lines] = (await type("dead-letters")).split("\n");

  expect(lines.map((line) => line.split(" ")[0]).sort()).toEqual(["notifications", "reports"]);
  expect(await type("dead-letter", id)).toMatch(/^reports .+"total": 1/s);
});

test("replay says who applied it, or why it stays", async () => {
  const id = await parked();
  shop.fault = "still no such day";

  expect(await type("replay", id)).toBe("it failed again and stays parked: still no such day");

  shop.fault = undefined;
  expect(await type("replay", id)).toBe("reports applied it");
  expect(shop.applied.reports).toHaveLength(1);
  expect(await type("replay", id)).toBe(`there is no dead letter ${id}`);
});

test("discard says who gave it up", async () => {
  const id = await parked();

  expect(await type("discard", id)).toBe("reports gave it up");

  expect(await type("dead-letter", id)).toBe(`there is no dead letter ${id}`);
});

test("what was not found may be at who gave no answer, and the words say so", async () => {
  await shop.broker.destroyService("notifications");
  const id = randomUUIDv7();

  for (const command of ["dead-letter", "replay", "discard"]) {
    expect(await type(command, id)).toBe(`there is no dead letter ${id}\n\ngave no answer: notifications`);
  }
});

test("what cannot be an id is no reason to call every service away", async () => {
  await expect(type("replay", "mug")).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
});
