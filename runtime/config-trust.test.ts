import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { assertSpeaksFor, readTrust } from "./config-trust.ts";
import { type IssuedCredentials, issueCredentials, USUAL_PLAN } from "./issue-credentials.ts";

const NOW = { now: new Date(), days: 1 };
let folder: string;
let issued: IssuedCredentials;
let env: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trust-"));
  issued = issueCredentials(join(folder, "one"), USUAL_PLAN, NOW);
  env = {
    REDIS_URL: "redis://127.0.0.1:1",
    BUS_SECRET: issued.busSecret,
    TRUST_ROOT: issued.root,
    NODE_CREDENTIAL: issued.files.orders as string,
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a process alone trusts itself, and needs no settings for it", () => {
  const { trust, busSecrets } = readTrust({});

  expect(busSecrets).toEqual([]);
  expect(() => assertSpeaksFor(trust, ["auth", "orders", "operator"])).not.toThrow();
});

test("a process among others is known by what was issued to it, and speaks for that alone", () => {
  const { trust, busSecrets } = readTrust(env);

  expect(busSecrets).toEqual([issued.busSecret]);
  expect(trust.root).toBe(issued.root);
  expect(() => assertSpeaksFor(trust, ["orders"])).not.toThrow();
  expect(() => assertSpeaksFor(trust, ["orders", "payments", "users"])).toThrow(/does not speak for payments, users/);
});

test("root and secret outlive a renewal, and what was issued before stays good beside what is new", () => {
  const before = readFileSync(issued.files.orders as string, "utf8");
  const again = issueCredentials(join(folder, "one"), { orders: ["orders"] }, NOW);

  expect([again.root, again.busSecret]).toEqual([issued.root, issued.busSecret]);
  expect(readFileSync(again.files.orders as string, "utf8")).not.toBe(before);
  const old = join(folder, "old.json");
  writeFileSync(old, before);
  expect(() => readTrust({ ...env, NODE_CREDENTIAL: old })).not.toThrow();
});

test("keys and secrets are their owner's alone", () => {
  const files = ["root-key.json", "bus-secret", "orders.json"].map((name) => join(folder, "one", name));

  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  expect(statSync(join(folder, "one")).mode & 0o777).toBe(0o700);
});

test("what is of no use stops the start with a sentence that holds no secret", () => {
  const other = issueCredentials(join(folder, "two"), { orders: ["orders"] }, NOW);
  const late = issueCredentials(join(folder, "late"), { orders: ["orders"] }, { now: new Date(0), days: 1 });
  const mixed = join(folder, "mixed.json");
  const [mine, theirs] = [issued, other].map(({ files }) => JSON.parse(readFileSync(files.orders as string, "utf8")));
  writeFileSync(mixed, JSON.stringify({ certificate: mine.certificate, key: theirs.key }));
  const cases: [Record<string, string>, RegExp][] = [
    [{ BUS_SECRET: "short" }, /^BUS_SECRET is shorter than 32 characters$/],
    [{ BUS_SECRET: "" }, /^REDIS_URL .+: give BUS_SECRET, which npm run credentials makes$/],
    [{ NODE_CREDENTIAL: join(folder, "none.json") }, /^NODE_CREDENTIAL \(.+\) is of no use: ENOENT/],
    [{ TRUST_ROOT: other.root }, /not signed by the root that is trusted here$/],
    [{ NODE_CREDENTIAL: mixed }, /its key is not the one of its certificate$/],
    [{ TRUST_ROOT: late.root, NODE_CREDENTIAL: late.files.orders as string }, /jwt expired$/],
  ];

  for (const [change, sentence] of cases) expect(() => readTrust({ ...env, ...change })).toThrow(sentence);
});
