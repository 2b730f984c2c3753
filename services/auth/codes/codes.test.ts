import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { call } from "../../../contract/typed.ts";
import { outcomesOf, PASSWORD, type StartedAuth, startAuth } from "../testing/start-auth.ts";
import { MOST_A_DAY } from "./request-mail.ts";

const WANTED = "another walk by the sea";
const invalid = { code: 422, type: "CODE_INVALID" };
let auth: StartedAuth;
let other: StartedAuth["broker"];
beforeEach(async () => {
  auth = await startAuth();
  await auth.register();
  other = await auth.another();
});
afterEach(() => auth.stop());

const ask = (email = "ada@example.com", via = auth.broker) => call(via, "auth.requestPasswordReset", { email });
const requests = async () =>
  (await auth.events()).flatMap(({ type, data }) =>
    type === "auth.mail_requested" && data.kind === "reset_password" ? [data.requestId as string] : [],
  );
const issue = async (requestId: string) => call(auth.broker, "auth.issueCode", { requestId });
async function codeFor() {
  await ask();
  const issued = await issue((await requests()).at(-1) as string);
  return issued?.code as string;
}
const reset = (code: string, password = WANTED, via = auth.broker) =>
  call(via, "auth.resetPassword", { code, password });

test("a code replaces the password and ends what the old one had opened", async () => {
  const { refreshToken } = await auth.login();

  await reset(await codeFor());

  expect(await outcomesOf([auth.login(), auth.refresh(refreshToken)])).toEqual([
    "INVALID_CREDENTIALS",
    "INVALID_REFRESH_TOKEN",
  ]);
  await auth.login("ada@example.com", WANTED);
});

test("who asks is told the same, whether or not there is such an account, and nobody else is mailed", async () => {
  expect(await ask("nobody@example.com")).toEqual(await ask());
  expect(await requests()).toHaveLength(1);
});

test("of fifty uses of a code at once, over two nodes, one succeeds", async () => {
  const code = await codeFor();

  const outcomes = await outcomesOf(
    Array.from({ length: 50 }, (_, i) => reset(code, `a walk by the sea, number ${i}`, i % 2 ? other : auth.broker)),
  );

  expect(outcomes.filter((each) => each === "ok")).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(["ok", "CODE_INVALID"]));
});

test("a code is good for ten minutes", async () => {
  const code = await codeFor();
  auth.pass(600);

  await expect(reset(code)).rejects.toMatchObject(invalid);
  await auth.login();
});

test("a mail that is written again has another code, and a newer request makes the older void", async () => {
  const first = await codeFor();
  const second = (await issue((await requests())[0] as string))?.code as string;
  await expect(reset(first)).rejects.toMatchObject(invalid);
  auth.pass(61);
  const third = await codeFor();

  await expect(reset(second)).rejects.toMatchObject(invalid);
  await reset(third);
  await expect(reset(third)).rejects.toMatchObject(invalid);
  expect(await issue((await requests()).at(-1) as string)).toBeNull();
});

test("a password that is too easy leaves the code good", async () => {
  const code = await codeFor();

  await expect(reset(code, "password1")).rejects.toMatchObject({ type: "WEAK_PASSWORD" });
  await reset(code);
});

test("requests at once are one mail, and there are five a day at most", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => ask(undefined, i % 2 ? other : auth.broker)));
  expect(await requests()).toHaveLength(1);

  for (let i = 0; i < 10; i++) {
    auth.pass(61);
    await ask();
  }

  expect(await requests()).toHaveLength(MOST_A_DAY);
  auth.pass(86_400);
  await ask();
  expect(await requests()).toHaveLength(MOST_A_DAY + 1);
});

test("a mail that waited for an hour is not sent any more", async () => {
  await ask();
  auth.pass(3_601);

  expect(await issue((await requests())[0] as string)).toBeNull();
});

test("no code lies in the database or in an event", async () => {
  const code = await codeFor();
  const [dump] = await auth.db.query<{ text: string }>({
    name: "test_codes",
    text: "select string_agg(outbox::text, ' ') || (select string_agg(r::text, ' ') from mail_requests r) as text from outbox",
  });

  expect(Buffer.from(code, "base64url")).toHaveLength(16);
  expect(dump?.text).not.toContain(code);
  expect(dump?.text).not.toContain(Buffer.from(code, "base64url").toString("hex"));
});

test("a disabled account is neither mailed nor let in by a code", async () => {
  const code = await codeFor();
  const staff = { meta: { token: "staff 0195f1a0-0000-7000-8000-00000000057a" } };
  const [{ user_id: userId } = { user_id: "" }] = await auth.db.query<{ user_id: string }>({
    name: "test_user",
    text: "select user_id from credentials",
  });
  await call(auth.broker, "auth.disableAccount", { userId }, staff);

  await expect(reset(code)).rejects.toMatchObject(invalid);
  auth.pass(61);
  await ask();
  expect(await requests()).toHaveLength(1);
  await expect(auth.login("ada@example.com", PASSWORD)).rejects.toMatchObject({ type: "ACCOUNT_DISABLED" });
});

test("an address is shown to be its account's by who is signed in to it and has its mail, and by nobody else", async () => {
  const id = await auth.idOf("ada@example.com");
  await auth.register("eve@example.com");
  const [ada, eve] = [id, await auth.idOf("eve@example.com")].map((each) => ({ meta: { token: `customer ${each}` } }));
  const [first] = (await auth.events()).flatMap(({ data }) => (data.kind === "verify_email" ? [data] : []));
  const code = (await issue(first?.requestId as string))?.code as string;
  const verify = (by = ada) => call(auth.broker, "auth.verifyAddress", { code }, by);
  const unverified = async () => (await call(auth.broker, "auth.unverified", { userIds: [id] })).ids;

  expect(await unverified()).toEqual([id]);
  await expect(verify(eve)).rejects.toMatchObject(invalid);
  await expect(reset(code)).rejects.toMatchObject(invalid);
  await verify();

  expect(await unverified()).toEqual([]);
  await expect(verify()).rejects.toMatchObject(invalid);
  auth.pass(61);
  await call(auth.broker, "auth.requestVerification", {}, ada);
  expect((await auth.events()).filter(({ data }) => data.userId === id && data.kind === "verify_email")).toHaveLength(
    1,
  );
});

test("who opens an account with somebody else's address loses it to who has the mail", async () => {
  const mallory = await auth.login();

  await reset(await codeFor());

  expect(await outcomesOf([auth.login(), auth.refresh(mallory.refreshToken)])).toEqual([
    "INVALID_CREDENTIALS",
    "INVALID_REFRESH_TOKEN",
  ]);
  const userIds = [await auth.idOf("ada@example.com")];
  expect((await call(auth.broker, "auth.unverified", { userIds })).ids).toEqual([]);
});
