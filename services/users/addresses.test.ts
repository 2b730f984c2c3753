import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../contract/typed.ts";
import { Database } from "../../database/database.ts";
import { as, testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { MAX_ADDRESSES } from "./users.contract.ts";
import { usersService } from "./users.service.ts";

const home = { name: "Ada", line1: "12 St James's Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" };
let database: TestDatabase;
let db: Database;
let broker: ServiceBroker;
let ada: ReturnType<typeof as>;
let eve: ReturnType<typeof as>;

beforeEach(async () => {
  database = await testDatabase("users");
  db = new Database({ url: database.url });
  broker = await testBroker(usersService({ db, clock: () => new Date("2026-03-01T12:00:00Z") }));
  ada = as("customer", await newUser("ada@example.com"));
  eve = as("customer", await newUser("eve@example.com"));
});

afterEach(async () => {
  await broker.stop();
  database.release();
});

const newUser = async (email: string) =>
  (await call(broker, "users.create", { id: randomUUIDv7(), email, name: "Somebody" })).id;
const add = (who = ada, fields: { isDefaultShipping?: boolean; isDefaultBilling?: boolean } = {}) =>
  call(broker, "users.addAddress", { ...home, ...fields }, who);
const list = async (who = ada) => (await call(broker, "users.addresses", {}, who)).data;

test("an address is read as it was given", async () => {
  const added = await call(broker, "users.addAddress", { ...home, line2: "Flat 2" }, ada);

  expect(added).toMatchObject({
    ...home,
    line2: "Flat 2",
    isDefaultShipping: false,
    isDefaultBilling: false,
    version: 1,
  });
  expect(added).not.toHaveProperty("region");
  expect(added).not.toHaveProperty("userId");
  expect(await call(broker, "users.address", { id: added.id }, ada)).toEqual(added);
  expect(await list()).toEqual([added]);
});

test("somebody else's address is as if it were not there", async () => {
  const { id } = await add();
  const missing = { code: 404, type: "ADDRESS_NOT_FOUND" };

  await expect(call(broker, "users.address", { id }, eve)).rejects.toMatchObject(missing);
  await expect(call(broker, "users.changeAddress", { id, city: "Paris", ifVersion: 1 }, eve)).rejects.toMatchObject(
    missing,
  );
  await expect(call(broker, "users.makeDefaultAddress", { id }, eve)).rejects.toMatchObject(missing);
  await expect(call(broker, "users.removeAddress", { id }, eve)).rejects.toMatchObject(missing);
  expect(await list(eve)).toEqual([]);
  expect(await list()).toMatchObject([{ city: "London", version: 1 }]);
});

test("a change keeps what it does not name, and null removes", async () => {
  const { id } = await call(broker, "users.addAddress", { ...home, line2: "Flat 2", phone: "1" }, ada);

  const changed = await call(broker, "users.changeAddress", { id, city: "Leeds", line2: null, ifVersion: 1 }, ada);

  expect(changed).toMatchObject({ ...home, city: "Leeds", phone: "1", version: 2 });
  expect(changed).not.toHaveProperty("line2");
  await expect(call(broker, "users.changeAddress", { id, city: "York", ifVersion: 1 }, ada)).rejects.toMatchObject({
    code: 412,
    type: "VERSION_MISMATCH",
  });
});

test("text that cannot be stored is refused", async () => {
  const { id } = await add();
  const unusable = { code: 400, type: "VALIDATION_FAILED" };

  await expect(call(broker, "users.addAddress", { ...home, city: "\u0000" }, ada)).rejects.toMatchObject(unusable);
  await expect(call(broker, "users.changeAddress", { id, city: "\u0000", ifVersion: 1 }, ada)).rejects.toMatchObject(
    unusable,
  );
});

test("a removed address is gone, and removing it again says so", async () => {
  const { id } = await add();

  await call(broker, "users.removeAddress", { id }, ada);

  await expect(call(broker, "users.removeAddress", { id }, ada)).rejects.toMatchObject({ code: 404 });
  expect(await list()).toEqual([]);
});

test("a new default takes it from the old one, for its use alone", async () => {
  const old = await add(ada, { isDefaultShipping: true, isDefaultBilling: true });

  const made = await call(broker, "users.makeDefaultAddress", { id: (await add()).id, use: "shipping" }, ada);

  expect(made).toMatchObject({ isDefaultShipping: true, isDefaultBilling: false });
  const before = await call(broker, "users.address", { id: old.id }, ada);
  expect(before).toMatchObject({ isDefaultShipping: false, isDefaultBilling: true, version: 2 });
  const both = await call(broker, "users.makeDefaultAddress", { id: made.id }, ada);
  expect(both).toMatchObject({ isDefaultShipping: true, isDefaultBilling: true });
});

test("of many addresses made the default at once, over two nodes, one is, and another user's default stays", async () => {
  const other = await testBroker(usersService({ db: new Database({ url: database.url }) }));
  await add(eve, { isDefaultShipping: true, isDefaultBilling: true });
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) ids.push((await add()).id);

  await Promise.all([
    ...ids.map((id, i) => call(i % 2 ? broker : other, "users.makeDefaultAddress", { id }, ada)),
    ...Array.from({ length: 10 }, () => add(ada, { isDefaultBilling: true })),
  ]);
  await other.stop();

  const addresses = await list();
  expect(addresses.filter((address) => address.isDefaultShipping)).toHaveLength(1);
  expect(addresses.filter((address) => address.isDefaultBilling)).toHaveLength(1);
  expect(await list(eve)).toMatchObject([{ isDefaultShipping: true, isDefaultBilling: true, version: 1 }]);
});

test("a user keeps a bounded number of addresses, however many are added at once", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: MAX_ADDRESSES + 5 }, () => add()));

  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.map((outcome) => outcome.reason.type)).toEqual(Array(5).fill("TOO_MANY_ADDRESSES"));
  expect(await list()).toHaveLength(MAX_ADDRESSES);
});

test("every version of an address is one event, in order", async () => {
  const first = await add(ada, { isDefaultShipping: true });
  const second = await add(ada, { isDefaultShipping: true });
  await call(broker, "users.removeAddress", { id: first.id }, ada);

  const events = await db.query<{ type: string; aggregate_id: string; aggregate_version: number }>({
    name: "test_address_events",
    text: "select type, aggregate_id, aggregate_version from outbox where type like 'users.address%' order by id",
  });

  expect(events).toEqual([
    { type: "users.address_saved", aggregate_id: first.id, aggregate_version: 1 },
    { type: "users.address_saved", aggregate_id: first.id, aggregate_version: 2 },
    { type: "users.address_saved", aggregate_id: second.id, aggregate_version: 1 },
    { type: "users.address_removed", aggregate_id: first.id, aggregate_version: 3 },
  ]);
});

test("an address of Dubai has no postal code, and forms may send it empty", async () => {
  const dubai = { name: "Noor", line1: "Al Wasl Road", city: "Dubai", country: "AE" };

  const added = await call(broker, "users.addAddress", { ...dubai, postalCode: "", region: " ", phone: "" }, ada);

  expect(added).toMatchObject(dubai);
  for (const absent of ["postalCode", "region", "phone"]) expect(added).not.toHaveProperty(absent);
  expect(await list()).toEqual([added]);
});

test("an address moves to another country only as that country wants it", async () => {
  const { id } = await add();
  const move = (fields: object) => call(broker, "users.changeAddress", { id, ifVersion: 1, ...fields }, ada);

  await expect(move({ country: "US", postalCode: "94016" })).rejects.toMatchObject({
    code: 422,
    type: "INVALID_ADDRESS",
    data: { errors: [{ pointer: "/region", code: "required_in_country" }] },
  });
  await expect(move({ postalCode: null })).rejects.toMatchObject({
    data: { errors: [{ pointer: "/postalCode", code: "required_in_country" }] },
  });
  expect(await list()).toMatchObject([{ ...home, version: 1 }]);
  expect(await move({ country: "US", postalCode: "94016", region: "CA" })).toMatchObject({ region: "CA", version: 2 });
});

test("an address that was good by earlier rules can still be made the default, and changed elsewhere", async () => {
  const { id } = await add();
  await db.query({ name: "spoil", text: "update addresses set country = 'UK', postal_code = '0000' where id = $1" }, [
    id,
  ]);

  await call(broker, "users.makeDefaultAddress", { id }, ada);

  const changed = await call(broker, "users.changeAddress", { id, city: "Leeds", ifVersion: 2 }, ada);
  expect(changed).toMatchObject({ city: "Leeds", country: "UK", isDefaultShipping: true });
});
