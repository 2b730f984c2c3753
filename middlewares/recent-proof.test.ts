import { expect, test } from "@jest/globals";
import { contracts } from "../contract/contracts.ts";
import type { Role } from "../contract/permissions.ts";
import { problemOf } from "../services/gateway/answer/problem.ts";
import { admit } from "./access.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const sensitive = { access: "users:write-any", recentProof: 900 } as const;
const staff = (provenAgo?: number) => ({
  id: "grace",
  roles: ["customer", "staff"] as Role[],
  ...(provenAgo !== undefined && { provenAt: NOW.getTime() / 1_000 - provenAgo }),
});
const refused = { code: 401, type: "REAUTHENTICATION_REQUIRED" };
const thrownBy = (work: () => void) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

test("a recent proof is enough, to the second", () => {
  expect(thrownBy(() => admit(sensitive, staff(900), NOW))).toBeUndefined();
  expect(thrownBy(() => admit(sensitive, staff(901), NOW))).toMatchObject(refused);
});

test("a token that does not tell when its bearer proved himself is not enough", () => {
  expect(thrownBy(() => admit(sensitive, staff(), NOW))).toMatchObject(refused);
});

test("a proof gives no right: who may not is refused as before", () => {
  const customer = { ...staff(1), roles: ["customer"] as Role[] };

  expect(thrownBy(() => admit(sensitive, customer, NOW))).toMatchObject({ code: 403 });
  expect(thrownBy(() => admit(sensitive, undefined, NOW))).toMatchObject({ type: "UNAUTHENTICATED" });
});

test("the client is told what is missing as RFC 9470 says it", () => {
  const error = thrownBy(() => admit(sensitive, staff(901), NOW));

  const { headers, body } = problemOf(error, new Map(), "/v1/users/1/roles", "r");

  expect(headers["WWW-Authenticate"]).toBe('Bearer error="insufficient_user_authentication", max_age="900"');
  expect(body).toMatchObject({ status: 401, code: "reauthentication_required", maxAge: 900 });
});

test("what ends others' sessions or changes what they may asks for it", () => {
  const asking = [contracts.auth, contracts.users].flatMap(({ name, actions }) =>
    Object.entries(actions).flatMap(([action, contract]) => ("recentProof" in contract ? [`${name}.${action}`] : [])),
  );

  expect(asking).toEqual(["auth.endAccountSessions", "auth.disableAccount", "auth.enableAccount", "users.setRoles"]);
});
