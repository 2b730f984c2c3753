import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../../contract/typed.ts";
import type { IfVersion } from "../../contract/versions.ts";
import { Database } from "../../database/database.ts";
import { as, testBroker } from "../../tests/support/broker.ts";
import { type TestDatabase, testDatabase } from "../../tests/support/postgres.ts";
import { usersService } from "./users.service.ts";

const staff = as("staff", randomUUIDv7());
let database: TestDatabase;
let db: Database;
let broker: ServiceBroker;
let now: Date;

beforeEach(async () => {
  database = await testDatabase("users");
  db = new Database({ url: database.url });
  now = new Date("2026-03-01T12:00:00Z");
  broker = await testBroker(usersService({ db, clock: () => now }));
});

afterEach(async () => {
  await broker.stop();
  database.release();
});

let people = 0;
const create = (fields: { id?: string; email?: string; name?: string } = {}) =>
  call(broker, "users.create", {
    id: randomUUIDv7(),
    email: `person${people++}@example.com`,
    name: "Ada Lovelace",
    ...fields,
  });
const add = (fields: { email: string; name?: string; reference?: string; language?: string }, key?: string) =>
  call(
    broker,
    "users.add",
    {
      name: "Ada Lovelace",
      ...fields,
      ...(key && { idempotency: { key, fingerprint: JSON.stringify(fields) } }),
    },
    staff,
  );
const events = () =>
  db.query<{ type: string; aggregate_version: number; data: Record<string, unknown> }>({
    name: "test_events",
    text: "select type, aggregate_version, data from outbox order by id",
  });
const statuses = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) => (outcome.status === "fulfilled" ? "ok" : (outcome.reason as { type: string }).type));

test("creating a user twice under one id makes one user and one event", async () => {
  const id = randomUUIDv7();

  const [first, again] = [await create({ id, email: "ada@example.com" }), await create({ id })];

  expect(again).toEqual(first);
  expect(await events()).toEqual([
    {
      type: "users.created",
      aggregate_version: 1,
      data: { userId: id, email: "ada@example.com", name: "Ada Lovelace", reference: null },
    },
  ]);
});

test("an e-mail address is one user's in whatever case it is written", async () => {
  const ada = await create({ email: "Ada@Example.com" });

  expect(ada.email).toBe("ada@example.com");
  await expect(create({ email: "ADA@example.COM" })).rejects.toMatchObject({ code: 409, type: "EMAIL_TAKEN" });
  expect(await call(broker, "users.byEmail", { email: "aDa@example.com" })).toEqual(ada);
});

test("fifty parallel users of one e-mail address are one user", async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => add({ email: "ada@example.com", reference: randomUUIDv7() })),
  );

  expect(statuses(outcomes).filter((status) => status === "ok")).toHaveLength(1);
  expect(statuses(outcomes).filter((status) => status === "EMAIL_TAKEN")).toHaveLength(49);
  expect((await call(broker, "users.list", {}, staff)).data).toHaveLength(1);
});

test("a reference is one user's, and staff find the user by it", async () => {
  const { user } = await add({ email: "ada@example.com", reference: "12346" });

  await expect(add({ email: "bob@example.com", reference: "12346" })).rejects.toMatchObject({
    code: 409,
    type: "REFERENCE_TAKEN",
  });
  const found = await call(broker, "users.list", { filter: { reference: "12346" } }, staff);
  expect(found.data).toEqual([user]);
  expect((await call(broker, "users.list", { filter: { email: "ADA@example.com" } }, staff)).data).toEqual([user]);
});

test("a profile is changed by who saw one of several versions, or wants to change any", async () => {
  const { user } = await add({ email: "ada@example.com" });
  const owner = as("customer", user.id);
  const change = (ifVersion: IfVersion, name: string) => call(broker, "users.updateMe", { ifVersion, name }, owner);

  await expect(change([2, 3], "No")).rejects.toMatchObject({ code: 412 });
  await expect(change([], "No")).rejects.toMatchObject({ code: 412 });
  expect(await change([1, 2], "Second")).toMatchObject({ name: "Second", version: 2 });
  expect(await change("*", "Third")).toMatchObject({ name: "Third", version: 3 });
});

test("one taken, malformed or repeated user in a batch changes nothing for its neighbours", async () => {
  await add({ email: "taken@example.com" });

  const outcomes = await Promise.allSettled([
    add({ email: "a@example.com" }),
    add({ email: "taken@example.com" }),
    add({ email: "b@example.com", name: "no\u0000name" }),
    add({ email: "c@example.com" }),
    add({ email: "C@example.com" }),
    add({ email: "not an address" }),
    add({ email: "d@example.com" }),
  ]);

  expect(statuses(outcomes)).toEqual([
    "ok",
    "EMAIL_TAKEN",
    "VALIDATION_FAILED",
    "ok",
    "EMAIL_TAKEN",
    "VALIDATION_FAILED",
    "ok",
  ]);
  expect((await call(broker, "users.list", {}, staff)).data.map((user) => user.email).sort()).toEqual([
    "a@example.com",
    "c@example.com",
    "d@example.com",
    "taken@example.com",
  ]);
});

test("a hundred users at once take far fewer than a hundred times the statements of one", async () => {
  const before = db.statements;
  await add({ email: "first@example.com" }, "first");
  const one = db.statements - before;

  const start = db.statements;
  await Promise.all(Array.from({ length: 100 }, (_, i) => add({ email: `p${i}@example.com` }, `key-${i}`)));

  expect(db.statements - start).toBeLessThan(one * 10);
  expect(await events()).toHaveLength(101);
});

test("a user repeated with its key answers the same, one at a time or fifty at once", async () => {
  const [first, ...rest] = await Promise.all(
    Array.from({ length: 50 }, () => add({ email: "ada@example.com" }, "same")),
  );
  const later = await add({ email: "ada@example.com" }, "same");

  expect(first?.replayed).toBe(false);
  expect([...rest, later].every((answer) => answer.replayed && answer.user.id === first?.user.id)).toBe(true);
  await expect(add({ email: "bob@example.com" }, "same")).rejects.toMatchObject({
    code: 422,
    type: "IDEMPOTENCY_KEY_REUSED",
  });
});

test("a refused user leaves its key free", async () => {
  const id = randomUUIDv7();
  await create({ id, email: "ada@example.com" });

  const refused = await Promise.allSettled([
    add({ email: "ada@example.com" }, "k"),
    add({ email: "ada@example.com" }, "k"),
  ]);
  const fresh = await add({ email: "bob@example.com" }, "k");

  expect(statuses(refused)).toEqual(["EMAIL_TAKEN", "EMAIL_TAKEN"]);
  expect(fresh.replayed).toBe(false);
});

test("a key belongs to who used it", async () => {
  const body = { email: "ada@example.com", name: "Ada" };
  const idempotency = { key: "same", fingerprint: "f" };
  await call(broker, "users.add", { ...body, idempotency }, staff);

  const other = call(broker, "users.add", { ...body, idempotency }, as("staff", randomUUIDv7()));

  await expect(other).rejects.toMatchObject({ type: "EMAIL_TAKEN" });
});

test("users come in pages without gaps or repeats, newest first", async () => {
  const added: string[] = [];
  for (let i = 0; i < 5; i++) added.push((await add({ email: `p${i}@example.com` })).user.id);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await call(broker, "users.list", { limit: 2, ...(after && { after }) }, staff);
    seen.push(...page.data.map((user) => user.id));
    after = page.page.nextCursor ?? undefined;
  } while (after);

  expect(seen).toEqual(added.sort().reverse());
  const forged = Buffer.from('["x\' or 1=1"]').toString("base64url");
  await expect(call(broker, "users.list", { after: forged }, staff)).rejects.toMatchObject({
    code: 422,
    type: "INVALID_CURSOR",
  });
});

test("a profile is changed by who has seen its present version, and by nobody else", async () => {
  const { id } = await create();
  const me = as("customer", id);

  const changed = await call(broker, "users.updateMe", { name: "Ada King", phone: "+44 1", ifVersion: 1 }, me);

  expect(changed).toMatchObject({ name: "Ada King", phone: "+44 1", version: 2 });
  await expect(call(broker, "users.updateMe", { name: "Eve", ifVersion: 1 }, me)).rejects.toMatchObject({
    code: 412,
    type: "VERSION_MISMATCH",
  });
  const cleared = await call(broker, "users.updateMe", { phone: null, ifVersion: 2 }, me);
  expect(cleared).toMatchObject({ name: "Ada King", phone: null, version: 3 });
  expect((await events()).map((event) => [event.type, event.aggregate_version])).toEqual([
    ["users.created", 1],
    ["users.updated", 2],
    ["users.updated", 3],
  ]);
});

test("a profile says in which language its owner is written to, and who is named is named with it", async () => {
  const { id } = await create();
  const { user: bob } = await add({ email: "bob@example.com", language: "de-AT" });
  const me = as("customer", id);

  const before = await call(broker, "users.me", {}, me);
  const changed = await call(broker, "users.updateMe", { language: "de", ifVersion: 1 }, me);
  const named = await call(broker, "users.byIds", { ids: [id, bob.id] });
  const renamed = await call(broker, "users.updateMe", { name: "Ada King", ifVersion: 2 }, me);
  const forgotten = await call(broker, "users.updateMe", { language: null, ifVersion: 3 }, me);

  expect([before, changed, renamed, forgotten].map(({ language }) => language)).toEqual([null, "de", "de", null]);
  expect(named.map(({ language }) => language)).toEqual(["de", "de-AT"]);
});

test.each(["German", "d", "de_AT", "de-AT-1996", "DE", ""])("%j is no language", async (language) => {
  const { id } = await create();

  const changing = call(broker, "users.updateMe", { language, ifVersion: 1 }, as("customer", id));

  await expect(changing).rejects.toMatchObject({ code: 400 });
});

test("of twenty parallel changes of one version exactly one is made", async () => {
  const { id } = await create();

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      call(broker, "users.updateMe", { name: `Ada ${i}`, ifVersion: 1 }, as("customer", id)),
    ),
  );

  expect(statuses(outcomes).filter((status) => status === "ok")).toHaveLength(1);
  expect((await call(broker, "users.me", {}, as("customer", id))).version).toBe(2);
});

test("nobody makes themselves staff, or anything else that is not theirs to set", async () => {
  const { id } = await create();
  const smuggled = { name: "Ada", ifVersion: 1, role: "staff", email: "x@example.com", id: randomUUIDv7() };

  await expect(broker.call("users.updateMe", smuggled, as("customer", id))).rejects.toMatchObject({ code: 400 });

  expect(await call(broker, "users.rolesOf", { id })).toEqual({ roles: ["customer"] });
});

test("a role is granted once, with one event", async () => {
  const { id } = await create();

  await Promise.all(Array.from({ length: 10 }, () => call(broker, "users.grantRole", { id, role: "staff" })));

  expect(await call(broker, "users.rolesOf", { id })).toEqual({ roles: ["customer", "staff"] });
  expect((await events()).map((event) => event.type)).toEqual(["users.created", "users.role_granted"]);
  await expect(call(broker, "users.grantRole", { id: randomUUIDv7(), role: "staff" })).rejects.toMatchObject({
    code: 404,
  });
});

test("other services read names by ids, and nothing for an id that nobody has", async () => {
  const ada = await create({ email: "ada@example.com" });

  const found = await call(broker, "users.byIds", { ids: [ada.id, randomUUIDv7()] });

  expect(found).toEqual([{ id: ada.id, email: "ada@example.com", name: "Ada Lovelace", language: null }]);
  expect(await call(broker, "users.find", { id: ada.id })).toEqual(ada);
  expect(await call(broker, "users.find", { id: randomUUIDv7() })).toBeNull();
});

test("customers may neither list users nor create them, nor read one by id", async () => {
  const me = as("customer", (await create()).id);

  await expect(call(broker, "users.list", {}, me)).rejects.toMatchObject({ code: 403 });
  await expect(call(broker, "users.get", { id: randomUUIDv7() }, me)).rejects.toMatchObject({ code: 403 });
  await expect(call(broker, "users.add", { email: "a@example.com", name: "A" }, me)).rejects.toMatchObject({
    code: 403,
  });
  await expect(call(broker, "users.me", {})).rejects.toMatchObject({ code: 401 });
});

test("users made in one batch each carry their own request", async () => {
  const ids = Array.from({ length: 3 }, () => randomUUIDv7());
  const make = (id: string, i: number) =>
    call(
      broker,
      "users.create",
      { id, email: `${id}@example.com`, name: "Ada Lovelace" },
      { requestID: `request ${i}`, meta: i === 2 ? { causationId: "a cause" } : {} },
    );

  // The first runs alone; the other two wait for it and are one transaction.
  await Promise.all(ids.map(make));

  const told = await db.query<{ correlation: string; causation: string; tx: string }>(
    {
      name: "test_origins",
      text: `select correlation_id as correlation, causation_id as causation, xmin::text as tx
        from outbox order by array_position($1::text[], aggregate_id)`,
    },
    [ids],
  );
  expect(told.map(({ correlation, causation }) => [correlation, causation])).toEqual([
    ["request 0", "request 0"],
    ["request 1", "request 1"],
    ["request 2", "a cause"],
  ]);
  expect(told[1]?.tx).toBe(told[2]?.tx);
});

test("every change of a user carries its request", async () => {
  const { id } = await create();
  const ada = as("customer", id);
  const fields = { name: "Ada", line1: "12 St James Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" };

  await call(broker, "users.updateMe", { name: "Ada", ifVersion: 1 }, { ...ada, requestID: "rename" });
  await call(broker, "users.grantRole", { id, role: "staff" }, { requestID: "grant" });
  const address = await call(broker, "users.addAddress", fields, { ...ada, requestID: "add" });
  await call(broker, "users.makeDefaultAddress", { id: address.id }, { ...ada, requestID: "prefer" });
  await call(broker, "users.removeAddress", { id: address.id }, { ...ada, requestID: "remove" });

  const told = await db.query<{ type: string; correlation: string }>({
    name: "test_requests",
    text: "select type, correlation_id as correlation from outbox order by id",
  });
  expect(told.slice(1).map(({ type, correlation }) => [type, correlation])).toEqual([
    ["users.updated", "rename"],
    ["users.role_granted", "grant"],
    ["users.address_saved", "add"],
    ["users.address_saved", "prefer"],
    ["users.address_removed", "remove"],
  ]);
});
