import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CHEAP, type StartedAuth, startAuth } from "../testing/start-auth.ts";
import { hashPassword, isOutdated, unmatchableHash, verifyPassword } from "./hash-password.ts";
import { assertPasswordAllowed } from "./password-rules.ts";

describe("a registration", () => {
  let auth: StartedAuth;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  test.each([
    ["eight characters", "ab cd ef"],
    ["eight characters outside the basic plane", "🦄🐴🐄🐖🐏🦙🐐🐓"],
    ["sixty-four characters", "blue mug".repeat(8)],
    ["a hundred and twenty-eight characters", "blue mug".repeat(16)],
    ["blanks at both ends", "  mug and teapot  "],
  ])("accepts %s", async (what, password) => {
    const email = `${what.replaceAll(/\W/g, "")}@example.com`;

    await auth.register(email, password);

    await auth.login(email, password);
    for (const other of [password.slice(0, -1), password.slice(1)])
      await expect(auth.login(email, other)).rejects.toMatchObject({ code: 401 });
  });

  test.each([
    ["seven characters", "ab cd e"],
    ["seven characters outside the basic plane", "🦄".repeat(7)],
    ["a hundred and twenty-nine characters", "x".repeat(129)],
  ])("refuses %s by form", async (_what, password) => {
    await expect(auth.register("new@example.com", password)).rejects.toMatchObject({ code: 400 });
  });

  test.each([
    ["a common one", "Password123"],
    ["the e-mail address", "New.Person@example.com"],
    ["the name in the e-mail address", "new.person"],
    ["eight characters that compose to four", "e\u0301".repeat(4)],
    ["eight blanks", " ".repeat(8)],
    ["blanks of many kinds", " \t\u00a0\u2003\u3000\n\r "],
    ["what has no shape", "\u200b\u200d\u2060\ufeff\u00ad\u3164\u2800\ufe0f"],
    ["a letter among blanks", "a         "],
  ])("refuses %s as weak", async (_what, password) => {
    await expect(auth.register("new.person@example.com", password)).rejects.toMatchObject({
      code: 422,
      type: "WEAK_PASSWORD",
      data: { errors: [{ pointer: "/password" }] },
    });
  });

  test("takes a password as the same however its letters are composed", async () => {
    await auth.register("cafe@example.com", "caf\u00e9 au lait");

    await auth.login("cafe@example.com", "cafe\u0301 au lait");
  });
});

test("the demo passwords are allowed", () => {
  assertPasswordAllowed("demo-customer-password", { email: "ada@example.com", name: "Ada", shopName: "Shop" });
  assertPasswordAllowed("demo-staff-password", { email: "staff@example.com", name: "Staff", shopName: "Shop" });
});

test("two hashes of one password differ, and each is verified by that password alone", async () => {
  const [one, other] = [await hashPassword("mug and teapot", CHEAP), await hashPassword("mug and teapot", CHEAP)];

  expect(one).not.toBe(other);
  expect(await verifyPassword("mug and teapot", one)).toBe(true);
  expect(await verifyPassword("mug and teapot ", one)).toBe(false);
  expect(await verifyPassword("mug and teapot", unmatchableHash(CHEAP))).toBe(false);
});

test("verifies the PHC string of another implementation of argon2id", async () => {
  // Made by the reference implementation: argon2 -id -t 2 -k 65536 -p 1, salt "somesalt".
  const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

  expect(await verifyPassword("password", reference)).toBe(true);
  expect(await verifyPassword("passwort", reference)).toBe(false);
  expect(isOutdated(reference, CHEAP)).toBe(true);
});
