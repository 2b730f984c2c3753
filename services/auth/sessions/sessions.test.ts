import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { call } from "../../../contract/typed.ts";
import { as, outcomesOf, PASSWORD, type StartedAuth, startAuth } from "../testing/start-auth.ts";

const DAY = 86_400;
const reused = { code: 401, type: "REFRESH_TOKEN_REUSED" };
const invalid = { code: 401, type: "INVALID_REFRESH_TOKEN" };

let auth: StartedAuth;
let ada: ReturnType<typeof as>;
beforeEach(async () => {
  auth = await startAuth();
  ada = as("customer", (await auth.register()).id);
});
afterEach(() => auth.stop());

const logIn = async () => (await auth.login()).refreshToken;
const sessions = async (who = ada) => (await call(auth.broker, "auth.sessions", {}, who)).data;

test("a refresh gives new tokens, and the old refresh token is spent", async () => {
  const first = await logIn();

  const tokens = await auth.refresh(first);

  expect(tokens).toMatchObject({ tokenType: "Bearer", expiresIn: 600 });
  expect(tokens.refreshToken).not.toBe(first);
  expect(Buffer.from(tokens.refreshToken, "base64url")).toHaveLength(32);
  await auth.refresh(tokens.refreshToken);
});

test("a spent token used again ends its session, and no other one", async () => {
  const [spent, elsewhere] = [await logIn(), await logIn()];
  const { refreshToken: current } = await auth.refresh(spent);

  await expect(auth.refresh(spent)).rejects.toMatchObject(reused);

  await expect(auth.refresh(current)).rejects.toMatchObject(invalid);
  await expect(auth.refresh(spent)).rejects.toMatchObject(reused);
  await auth.refresh(elsewhere);
  const events = (await auth.events()).filter((event) => event.type === "auth.refresh_reuse_detected");
  expect(events).toMatchObject([
    { data: { userId: ada.meta.token.split(" ")[1], sessionId: events[0]?.aggregate_id } },
  ]);
});

test("of fifty parallel uses of one token over two nodes exactly one succeeds, and the session is over", async () => {
  const other = await auth.another();
  const token = await logIn();
  const uses = Array.from({ length: 50 }, (_, i) => auth.refresh(token, i % 2 ? other : auth.broker));

  const outcomes = await outcomesOf(uses);

  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "REFRESH_TOKEN_REUSED")).toHaveLength(49);
  const winner = (await Promise.allSettled(uses)).find((use) => use.status === "fulfilled");
  await expect(auth.refresh(winner?.value.refreshToken ?? "")).rejects.toMatchObject(invalid);
  expect(await sessions()).toEqual([]);
  const events = (await auth.events()).filter((event) => event.type === "auth.refresh_reuse_detected");
  expect(events).toHaveLength(1);
});

test("reuse is acted upon while users is away, and a good token survives the outage", async () => {
  const [spent, good] = [await logIn(), await logIn()];
  const { refreshToken: current } = await auth.refresh(spent);
  auth.users.away = true;

  await expect(auth.refresh(spent)).rejects.toMatchObject(reused);
  await expect(auth.refresh(good)).rejects.toMatchObject({ type: "SERVICE_NOT_AVAILABLE" });

  auth.users.away = false;
  await expect(auth.refresh(current)).rejects.toMatchObject(invalid);
  await auth.refresh(good);
});

test("a session that is used lives thirty days and no longer", async () => {
  let token = await logIn();
  for (let day = 0; day < 29; day++) {
    auth.pass(DAY);
    token = (await auth.refresh(token)).refreshToken;
  }
  auth.pass(DAY - 1);
  token = (await auth.refresh(token)).refreshToken;
  auth.pass(1);

  await expect(auth.refresh(token)).rejects.toMatchObject(invalid);
});

test("a session that is not used for seven days is over", async () => {
  const [used, unused] = [await logIn(), await logIn()];
  auth.pass(7 * DAY - 1);
  await auth.refresh(used);
  auth.pass(1);

  await expect(auth.refresh(unused)).rejects.toMatchObject(invalid);
  expect(await sessions()).toHaveLength(1);
});

test("roles are those of the moment of the refresh", async () => {
  const { id } = await auth.register("staff@example.com");
  const { refreshToken, accessToken } = await auth.login("staff@example.com");
  expect((await auth.verify(accessToken, {} as never)).roles).toEqual(["customer"]);
  auth.users.roles.set(id, ["customer", "staff"]);

  const refreshed = await auth.refresh(refreshToken);

  expect((await auth.verify(refreshed.accessToken, {} as never)).roles).toEqual(["customer", "staff"]);
});

test("logging out ends the session, twice as well as once, and with rubbish too", async () => {
  const [token, elsewhere] = [await logIn(), await logIn()];

  for (const refreshToken of [token, token, "rubbish"]) await call(auth.broker, "auth.logout", { refreshToken });

  await expect(auth.refresh(token)).rejects.toMatchObject(invalid);
  await auth.refresh(elsewhere);
});

test("a logout and a refresh at once leave no live session", async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, logIn));

  const refreshed = await Promise.allSettled(
    tokens.flatMap((refreshToken) => [
      auth.refresh(refreshToken),
      call(auth.broker, "auth.logout", { refreshToken }).then(() => undefined),
    ]),
  );

  const successors = refreshed.flatMap((each) =>
    each.status === "fulfilled" && each.value ? [each.value.refreshToken] : [],
  );
  expect(await outcomesOf(successors.map((token) => auth.refresh(token)))).toEqual(
    successors.map(() => "INVALID_REFRESH_TOKEN"),
  );
});

test("one sees and ends one's own sessions, and nobody else's", async () => {
  const token = await logIn();
  const eve = as("customer", (await auth.register("eve@example.com")).id);
  const [session] = await sessions();
  const id = session?.id ?? "";

  expect(session).toEqual({
    id,
    createdAt: "2026-03-01T12:00:00.000Z",
    lastUsedAt: "2026-03-01T12:00:00.000Z",
    expiresAt: "2026-03-31T12:00:00.000Z",
  });
  expect(await sessions(eve)).toEqual([]);
  await expect(call(auth.broker, "auth.endSession", { id }, eve)).rejects.toMatchObject({ code: 404 });
  await call(auth.broker, "auth.endSession", { id }, ada);
  await expect(call(auth.broker, "auth.endSession", { id }, ada)).rejects.toMatchObject({ code: 404 });
  await expect(auth.refresh(token)).rejects.toMatchObject(invalid);
});

test("logging out everywhere ends all of one's sessions at once", async () => {
  const tokens = [await logIn(), await logIn(), await logIn()];
  await auth.register("eve@example.com");
  const eves = (await auth.login("eve@example.com")).refreshToken;

  await Promise.all(Array.from({ length: 5 }, () => call(auth.broker, "auth.logoutAll", {}, ada)));

  expect(await outcomesOf(tokens.map((token) => auth.refresh(token)))).toEqual(Array(3).fill(invalid.type));
  await auth.refresh(eves);
});

test("a person keeps a bounded number of sessions: the longest unused goes, and dead ones are swept", async () => {
  const first = await logIn();
  auth.pass(1);
  for (let i = 0; i < 100; i++) await logIn();

  await expect(auth.refresh(first)).rejects.toMatchObject(invalid);
  expect(await sessions()).toHaveLength(100);
  // An end is told to whoever verifies tokens for a while.
  auth.pass(30 * DAY + 1_000);
  await logIn();
  const rows = await auth.db.query({ name: "test_sessions", text: "select from sessions" });
  expect(rows).toHaveLength(1);
});

test("neither a refresh token nor anything to make one lies in the database", async () => {
  const token = await logIn();

  const [dump] = await auth.db.query<{ text: string }>({
    name: "test_dump",
    text: `select string_agg(refresh_tokens::text, ' ') || (select string_agg(sessions::text, ' ') from sessions)
      || (select string_agg(outbox::text, ' ') from outbox) as text from refresh_tokens`,
  });

  expect(dump?.text).not.toContain(token);
  expect(dump?.text).not.toContain(Buffer.from(token, "base64url").toString("hex"));
});

test("an account's events carry the requests that they come from", async () => {
  const registering = { email: "eve@example.com", password: PASSWORD, name: "Eve" };
  auth.users.away = true;
  await expect(call(auth.broker, "auth.register", registering)).rejects.toThrow();
  auth.users.away = false;
  const { email, password } = registering;
  const { refreshToken } = await call(auth.broker, "auth.login", { email, password }, { requestID: "first login" });
  await auth.refresh(refreshToken);

  const again = call(auth.broker, "auth.refresh", { refreshToken }, { requestID: "second use" });
  await expect(again).rejects.toMatchObject(reused);

  const told = (await auth.origins()).filter(([type]) => type !== "auth.mail_requested");
  expect(told.slice(1)).toEqual([
    ["auth.registered", 1, "first login"],
    ["auth.refresh_reuse_detected", 1, "second use"],
    ["auth.session_ended", 3, "second use"],
  ]);
});
