import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { networkOf, siteOf } from "../../../contract/network-of.ts";
import { call } from "../../../contract/typed.ts";
import { Database } from "../../../database/database.ts";
import { CHEAP, from, outcomesOf, PASSWORD, type StartedAuth, startAuth } from "../testing/start-auth.ts";
import { KEPT_NETWORKS } from "./known-networks.ts";
import { FREE_FAILURES, secondsToWait } from "./throttle-logins.ts";

let auth: StartedAuth;
beforeEach(async () => {
  auth = await startAuth();
  await auth.register();
});
afterEach(() => auth.stop());

const wrong = { code: 401, type: "INVALID_CREDENTIALS" };
const guess = async (times: number, email = "ada@example.com", address?: string) => {
  for (let i = 0; i < times; i++) await expect(auth.login(email, "wrong", address)).rejects.toMatchObject(wrong);
};

test("a wrong password and an unknown address get the same answer", async () => {
  const known = await auth.login("ada@example.com", "wrong").catch((error) => error);
  const unknown = await auth.login("nobody@example.com", "wrong").catch((error) => error);

  const { message, code, type, data } = known;
  expect(unknown).toMatchObject({ message, code, type, data });
  expect(known).toMatchObject(wrong);
});

test("unknown addresses take as long as wrong passwords", async () => {
  const slow = await startAuth({ cost: { memory: 8_192, passes: 2, parallelism: 1 } });
  await slow.register();
  const median = async (email: () => string) => {
    const times: number[] = [];
    for (let i = 0; i < 15; i++) {
      slow.pass(86_401);
      const start = performance.now();
      await outcomesOf([slow.login(email(), "wrong")]);
      times.push(performance.now() - start);
    }
    return times.sort((one, other) => one - other)[7] as number;
  };

  const known = await median(() => "ada@example.com");
  const unknown = await median(() => "nobody@example.com");
  await slow.stop();

  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test("five failures in a row make the sixth wait, with the right password too, until the time is up", async () => {
  await guess(5);

  await expect(auth.login()).rejects.toMatchObject({
    code: 429,
    type: "TOO_MANY_ATTEMPTS",
    data: { retryAfter: 5 },
  });
  auth.pass(4);
  await expect(auth.login()).rejects.toMatchObject({ data: { retryAfter: 1 } });
  auth.pass(1);
  await auth.login();
  await guess(4);
  await auth.login();
});

test("an address that nobody has is counted alike", async () => {
  await guess(5, "nobody@example.com");

  await expect(auth.login("nobody@example.com")).rejects.toMatchObject({ code: 429, data: { retryAfter: 5 } });
});

test("failures on one node are known to the other", async () => {
  const other = await auth.another();
  await guess(5);

  await expect(auth.login("ada@example.com", PASSWORD, undefined, other)).rejects.toMatchObject({ code: 429 });
});

test("a hundred guesses at once are hardly more than five", async () => {
  const outcomes = await outcomesOf(Array.from({ length: 100 }, (_, i) => auth.login("ada@example.com", `wrong ${i}`)));

  const tried = outcomes.filter((outcome) => outcome === "INVALID_CREDENTIALS").length;
  expect(tried).toBeGreaterThanOrEqual(5);
  expect(tried).toBeLessThanOrEqual(6);
  expect(outcomes.filter((outcome) => outcome === "TOO_MANY_ATTEMPTS")).toHaveLength(100 - tried);
});

test("a hundred right logins at once all succeed", async () => {
  const outcomes = await outcomesOf(Array.from({ length: 100 }, () => auth.login()));

  expect(outcomes.filter((outcome) => outcome !== "ok")).toEqual([]);
});

test("a stranger's guesses do not shut the owner out", async () => {
  await guess(5, "ada@example.com", "6.6.6.6");
  await expect(auth.login("ada@example.com", PASSWORD, "6.6.6.6")).rejects.toMatchObject({ code: 429 });

  await auth.login("ada@example.com", PASSWORD, "10.0.0.1");
});

const guessFromMany = async () => {
  for (let i = 0; i < FREE_FAILURES.fromAll; i++) await guess(1, "ada@example.com", `6.6.${i >> 8}.${i & 255}`);
};

test("guessing from many networks is slowed down as well", async () => {
  await guessFromMany();

  await expect(auth.login("ada@example.com", PASSWORD, "10.0.0.1")).rejects.toMatchObject({ code: 429 });
});

test("guesses from many networks do not shut the owner out of a network that the account was entered from", async () => {
  await auth.login("ada@example.com", PASSWORD, "10.0.0.1");
  await guessFromMany();

  await auth.login("ada@example.com", PASSWORD, "10.0.0.1");
});

test("the network that an account was opened from is known as well", async () => {
  await auth.login("ada@example.com", PASSWORD, "10.0.0.1");
  const owner = { email: "eve@example.com", password: PASSWORD, name: "Eve" };
  await call(auth.broker, "auth.register", owner, from("10.0.0.2"));
  for (let i = 0; i < FREE_FAILURES.fromAll; i++) await guess(1, owner.email, `6.6.${i >> 8}.${i & 255}`);

  await auth.login(owner.email, PASSWORD, "10.0.0.2");
  await expect(auth.login("eve@example.com", PASSWORD, "10.0.0.1")).resolves.toBeDefined();
});

test("a network that is known is not free to guess", async () => {
  await auth.login("ada@example.com", PASSWORD, "10.0.0.1");
  await guess(5, "ada@example.com", "10.0.0.1");

  await expect(auth.login("ada@example.com", PASSWORD, "10.0.0.1")).rejects.toMatchObject({ code: 429 });
});

test("the thousands of networks of one site are slowed down together", async () => {
  for (let i = 0; i < FREE_FAILURES.fromOneSite; i++) await guess(1, "ada@example.com", `2001:db8:7:${i}::1`);

  const there = auth.login("ada@example.com", PASSWORD, "2001:db8:7:ffff::1");
  await expect(there).rejects.toMatchObject({ code: 429 });
  await auth.login("ada@example.com", PASSWORD, "2001:db8:8::1");
});

test("an account remembers the networks last used, and forgets those of half a year ago", async () => {
  const known = async () => (await auth.db.query({ name: "test_networks", text: "select from login_networks" })).length;
  for (let i = 0; i < KEPT_NETWORKS + 5; i++) {
    auth.pass(1);
    await auth.login("ada@example.com", PASSWORD, `10.0.0.${i}`);
  }
  expect(await known()).toBe(KEPT_NETWORKS);

  auth.pass(181 * 86_400);
  await auth.login("ada@example.com", PASSWORD, "10.0.1.1");
  expect(await known()).toBe(1);
});

test("refused guesses take no place from anybody's log-in", async () => {
  const tight = await startAuth({ hashingLimits: { running: 1, waiting: 2 } });
  await tight.register();
  for (let i = 0; i < 5; i++) await outcomesOf([tight.login("ada@example.com", "wrong", "6.6.6.6")]);

  const outcomes = await outcomesOf([
    ...Array.from({ length: 300 }, () => tight.login("ada@example.com", "wrong", "6.6.6.6")),
    tight.login("ada@example.com", PASSWORD, "10.0.0.1"),
  ]);
  await tight.stop();

  expect(outcomes.slice(0, 300).filter((outcome) => outcome !== "TOO_MANY_ATTEMPTS")).toEqual([]);
  expect(outcomes[300]).toBe("ok");
});

test("a flood from one network leaves the others their log-ins", async () => {
  const tight = await startAuth({ hashingLimits: { running: 1, waiting: 10 } });
  await tight.register();

  const flood = Array.from({ length: 300 }, (_, i) => tight.login(`nobody${i}@example.com`, "wrong", "6.6.6.6"));
  const [owner] = await outcomesOf([tight.login("ada@example.com", PASSWORD, "10.0.0.1")]);
  const flooded = await outcomesOf(flood);
  await tight.stop();

  expect(owner).toBe("ok");
  expect(flooded.filter((outcome) => outcome === "OVERLOADED").length).toBeGreaterThan(200);
});

test("failures are forgotten after a day, and forgotten rows are swept", async () => {
  for (let i = 0; i < 3; i++) await guess(1, `nobody${i}@example.com`);
  await guess(4);
  auth.pass(86_401);
  await guess(1);

  await guess(4);
  await expect(auth.login()).rejects.toMatchObject({ code: 429, data: { retryAfter: 5 } });
  const rows = await auth.db.query({ name: "test_failures", text: "select from login_failures" });
  expect(rows).toHaveLength(2);
});

test("an address typed as password, or the other way round, is stored nowhere", async () => {
  await guess(1, "secret.password@example.com");

  const [dump] = await auth.db.query<{ text: string }>({
    name: "test_dump",
    text: "select string_agg(login_failures::text, ' ') || (select string_agg(outbox::text, ' ') from outbox) as text from login_failures",
  });
  expect(dump?.text).not.toContain("secret");
});

test("a hash of an older cost is made anew by the next login", async () => {
  const stored = async () =>
    (
      await auth.db.query<{ hash: string }>({
        name: "test_hash",
        text: "select password_hash as hash from credentials",
      })
    )[0]?.hash;
  await auth.db.query(
    {
      name: "test_weaken",
      text: "update credentials set password_hash = $1",
    },
    [await olderHash()],
  );

  await auth.login();

  expect(await stored()).toContain(`m=${CHEAP.memory},t=${CHEAP.passes},p=${CHEAP.parallelism}`);
  await auth.login();
});

const olderHash = async () => {
  const { hashPassword } = await import("../passwords/hash-password.ts");
  return hashPassword(PASSWORD, { memory: 32, passes: 1, parallelism: 1 });
};

test("more logins than may wait are refused at once with 503", async () => {
  // Hashing that takes longer than all of them need to arrive.
  const slowly = { memory: 32_768, passes: 4, parallelism: 1 };
  const tight = await startAuth({ hashingLimits: { running: 1, waiting: 2 }, cost: slowly });

  const outcomes = await outcomesOf(Array.from({ length: 10 }, () => tight.login()));
  const later = await outcomesOf([tight.login()]);
  await tight.stop();

  expect(outcomes.filter((outcome) => outcome === "OVERLOADED")).toHaveLength(7);
  expect(later).toEqual(["INVALID_CREDENTIALS"]);
});

test("the service does not begin without an issuer and an audience", async () => {
  const { authService } = await import("../auth.service.ts");
  const db = new Database({ url: "postgres://nobody@127.0.0.1:1/none" });

  expect(() => authService({ db, signKeys: () => "", shopName: "Shop", issuer: "", audience: "commerce" })).toThrow(
    /issuer/,
  );
});

describe("the wait", () => {
  const at = new Date("2026-03-01T12:00:00Z");

  test("doubles from five seconds to a quarter of an hour", () => {
    const waits = [4, 5, 6, 7, 12, 13, 1_000].map((failures) => secondsToWait({ failures, lastFailedAt: at }, 5, at));

    expect(waits).toEqual([0, 5, 10, 20, 640, 900, 900]);
  });
});

test.each([
  ["1.2.3.4", "1.2.3.4"],
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"],
  ["2001:0DB8:0001:2::9", "2001:db8:1:2::"],
  ["::1", "0:0:0:0::"],
  ["fe80::1%eth0", "fe80:0:0:0::"],
  ["", ""],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
  ["::ffff:1.2.3.4", undefined],
  ["1.2.3.4", undefined],
  ["", undefined],
])("the site of %s is %s", (address, site) => {
  expect(siteOf(address)).toBe(site);
});
