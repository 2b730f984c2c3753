import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { call } from "../../../contract/typed.ts";
import { outcomesOf, PASSWORD, type StartedAuth, startAuth } from "../testing/start-auth.ts";

let auth: StartedAuth;
beforeEach(async () => {
  auth = await startAuth();
});
afterEach(() => auth.stop());

const credentials = () =>
  auth.db.query<{ email: string; pending_name: string | null; password_hash: string }>({
    name: "test_credentials",
    text: "select email, pending_name, password_hash from credentials",
  });

test("a registered person has a profile, can log in, and is an event without secrets", async () => {
  const account = await auth.register("Ada@Example.com");

  expect(account).toEqual({ id: expect.any(String), email: "ada@example.com", name: "Ada Lovelace" });
  expect([...auth.users.profiles.values()]).toEqual([account]);
  const { accessToken } = await auth.login("ADA@example.com");
  expect(await auth.verify(accessToken, {} as never)).toMatchObject({ id: account.id, roles: ["customer"] });
  const [registered, mail, ...more] = await auth.events();
  expect(registered).toEqual({ type: "auth.registered", aggregate_id: account.id, data: { userId: account.id } });
  expect(mail).toMatchObject({ type: "auth.mail_requested", data: { userId: account.id, kind: "verify_email" } });
  expect(more).toEqual([]);
});

test.each([
  ["blanks around it", "  ada@example.com\t", "ada@example.com"],
  ["a domain in Unicode", "Ada@MÜNCHEN.de", "ada@xn--mnchen-3ya.de"],
  ["a local part in Unicode", "JOSE\u0301@example.com", "josé@example.com"],
  ["a local part that Postgres and JavaScript might put in lower case differently", "İẞ@example.com", "i̇ß@example.com"],
])("an address with %s is one account, however it is typed", async (_, typed, canonical) => {
  const account = await auth.register(typed);

  expect(account.email).toBe(canonical);
  expect((await auth.register(canonical)).id).toBe(account.id);
  for (const email of [typed, canonical]) {
    const { accessToken } = await auth.login(email);
    expect((await auth.verify(accessToken, {} as never)).id).toBe(account.id);
  }
});

test("an address whose domain is none is refused, at the log-in too", async () => {
  const refused = { code: 422, type: "INVALID_EMAIL" };

  await expect(auth.register("ada@\u0308a.de")).rejects.toMatchObject(refused);
  await expect(auth.login("ada@\u0308a.de")).rejects.toMatchObject(refused);
});

test("a password is stored as argon2id alone", async () => {
  await auth.register();

  const [credential] = await credentials();
  expect(credential?.password_hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  expect(JSON.stringify(credential)).not.toContain(PASSWORD);
});

test("of fifty parallel registrations of one address exactly one makes an account, over two nodes, and all are told the same", async () => {
  const other = await auth.another();

  const outcomes = await outcomesOf(
    Array.from({ length: 50 }, (_, i) => auth.register("ada@example.com", PASSWORD, i % 2 ? other : auth.broker)),
  );

  expect(new Set(outcomes)).toEqual(new Set(["ok"]));
  expect(auth.users.profiles.size).toBe(1);
  expect((await auth.events()).filter(({ type }) => type === "auth.registered")).toHaveLength(1);
  expect((await auth.events()).filter(({ type }) => type === "auth.mail_requested").length).toBeLessThanOrEqual(2);
});

test("an outage of users leaves an account that the next registration with the same password completes", async () => {
  auth.users.away = true;
  await expect(auth.register()).rejects.toMatchObject({ type: "SERVICE_NOT_AVAILABLE" });
  expect(await credentials()).toMatchObject([{ email: "ada@example.com", pending_name: "Ada Lovelace" }]);
  auth.users.away = false;

  const account = await auth.register();

  expect(account.name).toBe("Ada Lovelace");
  expect([...auth.users.profiles.keys()]).toEqual([account.id]);
  expect(await credentials()).toMatchObject([{ pending_name: null }]);
});

test("who registers an address that has an account is told the same, and its owner is told of it", async () => {
  const { id } = await auth.register();
  auth.pass(61);

  const again = await call(auth.broker, "auth.register", {
    email: "ADA@example.com",
    password: "mallory's own",
    name: "Eve",
  });

  expect(again).toEqual({ email: "ada@example.com" });
  expect((await auth.events()).at(-1)?.data).toMatchObject({ userId: id, kind: "already_registered" });
  await expect(auth.login("ada@example.com", "mallory's own")).rejects.toMatchObject({ type: "INVALID_CREDENTIALS" });
  await auth.login();
});

test("the language of who registers is in their profile, also when a login completes a registration that got stuck", async () => {
  const ada = { email: "ada@example.com", password: PASSWORD, name: "Ada Lovelace", language: "de" };
  auth.users.away = true;
  await expect(call(auth.broker, "auth.register", ada)).rejects.toMatchObject({ type: "SERVICE_NOT_AVAILABLE" });
  auth.users.away = false;

  await auth.login();
  await call(auth.broker, "auth.register", { ...ada, email: "bob@example.com", language: "fr-CH" });
  const id = await auth.idOf("bob@example.com");
  const { id: silent } = await auth.register("eve@example.com");

  const languages = [...auth.users.profiles.values()].map(({ language }) => language);
  expect(languages).toEqual(["de", "fr-CH", undefined]);
  expect([...auth.users.profiles.keys()].slice(1)).toEqual([id, silent]);
});

test("a crash after the profile was made is completed by a login", async () => {
  const { id } = await auth.register();
  await auth.db.query({ name: "test_crash", text: "update credentials set pending_name = 'Ada Lovelace'" });

  const { accessToken } = await auth.login();

  expect((await auth.verify(accessToken, {} as never)).id).toBe(id);
  expect(await credentials()).toMatchObject([{ pending_name: null }]);
  expect(auth.users.profiles.size).toBe(1);
});

test("an unfinished account cannot be taken over with another password, nor be tried for ever", async () => {
  auth.users.away = true;
  await outcomesOf([auth.register()]);
  auth.users.away = false;

  const guesses: string[] = [];
  for (let i = 0; i < 6; i++)
    guesses.push(...(await outcomesOf([auth.register("ada@example.com", `guess ${i} times`)])));

  expect(guesses).toEqual([...Array(5).fill("ok"), "TOO_MANY_ATTEMPTS"]);
  expect(auth.users.profiles.size).toBe(0);
});

test.each([
  ["NUL", "Ada\u0000"],
  ["half a surrogate", "Ada\ud83e"],
])("a name with %s is refused before anything is written", async (_what, name) => {
  const email = "ada@example.com";

  await expect(call(auth.broker, "auth.register", { email, password: PASSWORD, name })).rejects.toMatchObject({
    code: 400,
    type: "VALIDATION_FAILED",
  });

  expect(await credentials()).toEqual([]);
});

test("the address of a user that staff created is not handed to whoever registers it", async () => {
  const customer = { id: "0195f1a0-0000-7000-8000-000000000001", email: "ada@example.com", name: "Ada" };
  auth.users.profiles.set(customer.id, customer);

  await auth.register();

  expect(await credentials()).toEqual([]);
  await expect(auth.login()).rejects.toMatchObject({ code: 401, type: "INVALID_CREDENTIALS" });
});

test("a registration that turns out impossible at login leaves nothing to log in to", async () => {
  auth.users.away = true;
  await outcomesOf([auth.register()]);
  auth.users.away = false;
  auth.users.profiles.set("x", { id: "x", email: "ada@example.com", name: "Ada" });

  await expect(auth.login()).rejects.toMatchObject({ type: "INVALID_CREDENTIALS" });

  expect(await credentials()).toEqual([]);
});
