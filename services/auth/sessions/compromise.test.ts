import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { call } from "../../../contract/typed.ts";
import { as, outcomesOf, PASSWORD, type StartedAuth, startAuth } from "../testing/start-auth.ts";

const WANTED = "another walk by the sea";
let auth: StartedAuth;
let ada: ReturnType<typeof as>;
let id: string;
const staff = as("staff", "0195f1a0-0000-7000-8000-00000000057a");
beforeEach(async () => {
  auth = await startAuth();
  id = (await auth.register()).id;
  ada = as("customer", id);
});
afterEach(() => auth.stop());

const open = async () => (await call(auth.broker, "auth.sessions", {}, ada)).data.length;

test("fifty refreshes beside a log-out everywhere leave no session that can be continued", async () => {
  const sessions = await Promise.all(Array.from({ length: 10 }, () => auth.login()));
  const other = await auth.another();

  const refreshed = await Promise.allSettled([
    ...sessions.map(({ refreshToken }, i) => auth.refresh(refreshToken, i % 2 ? other : auth.broker)),
    call(auth.broker, "auth.logoutAll", {}, ada),
  ]);

  const left = refreshed.flatMap((each) => (each.status === "fulfilled" && each.value !== null ? [each.value] : []));
  expect(await outcomesOf(left.map(({ refreshToken }) => auth.refresh(refreshToken)))).not.toContain("ok");
  expect(await open()).toBe(0);
});

test("log-ins beside the disabling of their account leave none inside", async () => {
  const other = await auth.another();
  const logIns = Array.from({ length: 10 }, (_, i) =>
    auth.login(undefined, PASSWORD, undefined, i % 2 ? other : auth.broker),
  );

  const [, ...outcomes] = await outcomesOf([
    call(auth.broker, "auth.disableAccount", { userId: id }, staff),
    ...logIns,
  ]);

  expect(new Set(outcomes).size).toBeGreaterThan(0);
  expect(await open()).toBe(0);
  await expect(auth.login()).rejects.toMatchObject({ code: 403, type: "ACCOUNT_DISABLED" });
});

test("of two changes of a password at once one is made, and its tokens are the only ones that live", async () => {
  await auth.login();
  const change = (newPassword: string, via = auth.broker) =>
    call(via, "auth.changePassword", { currentPassword: PASSWORD, newPassword }, ada);

  const outcomes = await outcomesOf([change(WANTED), change("a third walk by the sea", await auth.another())]);

  expect(outcomes.toSorted()).toEqual(["WRONG_PASSWORD", "ok"]);
  expect(await open()).toBe(1);
  await expect(auth.login()).rejects.toMatchObject({ type: "INVALID_CREDENTIALS" });
});

test("guesses at the current password are slowed down like those of a log-in", async () => {
  const guess = () =>
    call(auth.broker, "auth.changePassword", { currentPassword: "a guess", newPassword: WANTED }, ada);

  const outcomes: string[] = [];
  for (let i = 0; i < 8; i++) outcomes.push(...(await outcomesOf([guess()])));

  expect(outcomes.slice(0, 5)).toEqual(Array(5).fill("WRONG_PASSWORD"));
  expect(outcomes.at(-1)).toBe("TOO_MANY_ATTEMPTS");
});

test("each session that ends is an event with its reason", async () => {
  await auth.login();
  await call(auth.broker, "auth.disableAccount", { userId: id }, staff);

  const [ended] = (await auth.events()).filter(({ type }) => type === "auth.session_ended");
  expect(ended?.data).toEqual({ userId: id, sessionId: ended?.aggregate_id, reason: "account_disabled" });
});

test("a log-in beside the loss of a role gives no token that names it", async () => {
  auth.users.roles.set(id, ["customer", "staff"]);
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: goOn, resolve: answer } = Promise.withResolvers<void>();
  auth.users.beforeRoles = async () => {
    ask();
    await goOn;
  };
  const entering = auth.login();
  await asked;

  // As the users service does it: the role goes, and then the sessions.
  auth.users.roles.set(id, ["customer"]);
  await call(auth.broker, "auth.endSessionsOf", { userId: id });
  answer();

  const { refreshToken } = await entering;
  expect(await outcomesOf([auth.refresh(refreshToken)])).toEqual(["INVALID_REFRESH_TOKEN"]);
  expect(await open()).toBe(0);
});
