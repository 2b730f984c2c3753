import { hash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { actionContracts } from "../contract/contracts.ts";
import { SECURITY_EVENTS } from "../contract/security-events.ts";
import { call } from "../contract/typed.ts";
import { as, PASSWORD, type StartedAuth, startAuth } from "../services/auth/testing/start-auth.ts";
import { telling } from "./tell-calls.ts";

const STAFF = "0195f1a0-0000-7000-8000-00000000057a";
const ADA = hash("sha256", "ada@example.com").slice(0, 32);
const FROM = { clientAddress: "10.0.0.7" };
let auth: StartedAuth;
let lines: string[];
let told: () => Record<string, unknown>[];

beforeEach(async () => {
  auth = await startAuth();
  lines = [];
  told = () => lines.map((line) => JSON.parse(line));
  const log = (line: string) => void lines.push(line);
  const getLogger = (module: string) => ({ info: log, warn: log, module });
  (auth.broker as unknown as { getLogger: typeof getLogger }).getLogger = getLogger;
});
afterEach(() => auth.stop());

const brief = () => told().map(({ event, outcome, who, target, reason }) => [event, outcome, who, target, reason]);
const quietly = (work: Promise<unknown>) => work.catch(() => {});
const via = (): ServiceBroker => auth.broker;

test("an account's life is told: who, what, to whom, from where, and how it ended", async () => {
  await call(via(), "auth.register", { email: "ada@example.com", password: PASSWORD, name: "Ada" }, { meta: FROM });
  const id = await auth.idOf("ada@example.com");
  await quietly(call(via(), "auth.login", { email: " ADA@example.com", password: "a wrong one" }, { meta: FROM }));
  const { refreshToken } = await auth.login();
  await auth.refresh(refreshToken);
  await quietly(auth.refresh(refreshToken));
  const ada = as("customer", id);
  await call(via(), "auth.changePassword", { currentPassword: PASSWORD, newPassword: "another walk by the sea" }, ada);
  await call(via(), "auth.logoutAll", {}, ada);
  await call(via(), "auth.disableAccount", { userId: id }, as("staff", STAFF));
  await call(via(), "auth.enableAccount", { userId: id }, as("staff", STAFF));
  await call(via(), "auth.rotateKeys", {});

  expect(brief()).toEqual([
    ["registration", "ok", undefined, ADA, undefined],
    ["login", "refused", undefined, ADA, "invalid_credentials"],
    ["login", "ok", undefined, ADA, undefined],
    ["refresh_reuse", "refused", undefined, undefined, "refresh_token_reused"],
    ["password_change", "ok", id, undefined, undefined],
    ["sessions_ended", "ok", id, undefined, undefined],
    ["account_disabled", "ok", STAFF, id, undefined],
    ["account_enabled", "ok", STAFF, id, undefined],
    ["key_rotation", "ok", undefined, undefined, undefined],
  ]);
  expect(told()[0]).toMatchObject({ action: "auth.register", from: "10.0.0.7", at: expect.any(String) });
});

test("no password, token or address stands in any line", async () => {
  const { id } = await auth.register();
  const tokens = await auth.login();
  await quietly(auth.login(undefined, "a secret guess"));
  await quietly(call(via(), "auth.logoutAll", {}, { meta: { token: "a bad token" } }));
  await quietly(
    call(
      via(),
      "auth.changePassword",
      { currentPassword: "a secret guess", newPassword: PASSWORD },
      as("customer", id),
    ),
  );

  const everything = lines.join("\n");
  const secrets = [
    PASSWORD,
    "a secret guess",
    "a bad token",
    tokens.accessToken,
    tokens.refreshToken,
    "ada@example.com",
  ];
  expect(lines.length).toBe(4);
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});

test("a refused call is told with its reason; no token at all is everyday", async () => {
  await quietly(call(via(), "auth.logoutAll", {}));
  await quietly(call(via(), "auth.logoutAll", {}, { meta: { token: "bad" } }));
  await quietly(call(via(), "auth.disableAccount", { userId: STAFF }, as("customer", STAFF)));

  expect(told().map(({ event, action, reason }) => [event, action, reason])).toEqual([
    ["access_refused", "auth.logoutAll", "token_invalid"],
    ["access_refused", "auth.disableAccount", "forbidden"],
  ]);
});

test("a flood of one kind from one client is a line, and the next line says how many there were", async () => {
  for (let i = 0; i < 100; i++)
    await quietly(call(via(), "auth.sessions", {}, { meta: { token: "bad", clientAddress: "10.0.0.66" } }));
  await quietly(call(via(), "auth.sessions", {}, { meta: { token: "bad", clientAddress: "10.0.0.67" } }));

  expect(told().map(({ from }) => from)).toEqual(["10.0.0.66", "10.0.0.67"]);
});

test("what staff change is told, whatever it is; what they read is not, nor what customers do", () => {
  const next = async () => null;
  const isTold = (name: string) => telling(next, name, actionContracts.get(name) as never) !== next;

  expect(
    ["catalog.import", "inventory.adjust", "users.add", "operations.replayDeadLetter"]
      .filter((name) => actionContracts.has(name))
      .map(isTold),
  ).not.toContain(false);
  expect(["users.list", "orders.place", "inventory.reserve", "catalog.list"].map(isTold)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("each kind that the table has is told by an action or by a part of the process", () => {
  const byContract = [...actionContracts.values()].flatMap(({ security }) => security?.event ?? []);
  const otherwise = ["staff_action", "access_refused", "rate_limited", "packet_refused"];

  expect(
    Object.keys(SECURITY_EVENTS).filter((event) => ![...byContract, ...otherwise].includes(event as never)),
  ).toEqual([]);
});
