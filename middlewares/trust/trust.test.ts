import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { beforeEach, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { testRoot } from "../../tests/support/trust.ts";
import { tokenVerifier } from "../verify-token.ts";
import { readCertificate } from "./certificates.ts";
import { hear, sayAs } from "./statements.ts";
import { CALL_SECONDS, type Trust, trustOf } from "./trust.ts";

let now: Date;
let certified: ReturnType<typeof testRoot>;
let orders: Trust;
let inventory: Trust;
const clock = () => now;
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000);
};

beforeEach(() => {
  now = new Date("2026-03-01T12:00:00Z");
  certified = testRoot(now);
  orders = trustOf(certified(["orders"]), clock);
  inventory = trustOf(certified(["inventory"]), clock);
});

test("a process proves to another which of its services calls", () => {
  expect(inventory.whoCalls(orders.signCall("orders", "inventory"), "inventory")).toBe("orders");
});

test("a process cannot speak as a service that its certificate does not name", () => {
  const proof = orders.signCall("operator", "inventory");

  expect(() => inventory.whoCalls(proof, "inventory")).toThrow(/may not speak as operator/);
});

test("a proof for one service proves nothing to another", () => {
  const proof = orders.signCall("orders", "inventory");

  expect(() => trustOf(certified(["payments"]), clock).whoCalls(proof, "payments")).toThrow(/for inventory/);
});

test("a certificate of another root is worth nothing, however it names itself", () => {
  const stranger = trustOf(testRoot(now)(["orders"]), clock);

  expect(() => inventory.whoCalls(stranger.signCall("orders", "inventory"), "inventory")).toThrow(
    /not signed by the root/,
  );
});

test("a proof lives a minute, also one that was good before", () => {
  const proof = orders.signCall("orders", "inventory");
  inventory.whoCalls(proof, "inventory");

  pass(CALL_SECONDS + 61);

  expect(() => inventory.whoCalls(proof, "inventory")).toThrow(/expired/);
});

test("one signature serves half its life, and a new one follows", () => {
  const first = orders.signCall("orders", "inventory");
  pass(CALL_SECONDS / 2 - 1);
  expect(orders.signCall("orders", "inventory")).toBe(first);
  pass(1);
  expect(orders.signCall("orders", "inventory")).not.toBe(first);
});

test("a certificate that has run out proves nothing any more", () => {
  pass(3_600 + 61);

  expect(() => inventory.whoCalls(orders.signCall("orders", "inventory"), "inventory")).toThrow(/expired/);
});

test("a certificate whose words were changed is none", () => {
  const { root, credential } = certified(["catalog"]);
  const [header, payload, signature] = credential.certificate.split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, services: ["operator"] })).toString("base64url");

  expect(() => readCertificate(`${header}.${forged}.${signature}`, root, now)).toThrow(/signature/);
});

test("keys are believed from a process that may speak as auth, and from no other", () => {
  const auth = trustOf(certified(["auth"]), clock);

  expect(orders.readKeys(auth.signKeys([{ kid: "one" }]))).toEqual([{ kid: "one" }]);
  expect(() => orders.readKeys(inventory.signKeys([{ kid: "mine" }]))).toThrow(/may not speak as auth/);
});

test("a proof of a call is no set of keys, and neither is an access token", async () => {
  const settings = certified(["auth"]);
  const auth = trustOf(settings, clock);
  const publicKey = createPublicKey(settings.credential.key).export({ format: "jwk" });
  const kid = "bus";
  const verify = tokenVerifier({
    issuer: "https://shop.example",
    audience: "commerce",
    clock,
    keys: async () => [{ ...publicKey, kid } as never],
  });
  const claims = { sub: "eve", aud: "commerce", jti: "1", roles: ["staff"], token_use: "access" };
  const statement = sayAs(settings.credential, { service: "auth", subject: "call", claims, seconds: 60 }, now);

  expect(() => orders.readKeys(statement)).toThrow(/no statement of kind/);
  expect(() => orders.whoCalls(auth.signKeys([]), "orders")).toThrow(/no statement of kind/);
  await expect(verify(statement, {} as never)).rejects.toMatchObject({ type: "TOKEN_INVALID" });
});

test("a statement without a time, or of none of our making, is refused", () => {
  const { root, credential } = certified(["orders"]);
  const header = { alg: "ES256", typ: "service-call+jwt", crt: credential.certificate };
  const timeless = jwt.sign({ iss: "orders", aud: "inventory" }, credential.key, {
    algorithm: "ES256",
    noTimestamp: true,
    header: header as never,
  });
  const another = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const stolen = sayAs(
    { ...credential, key: another },
    { service: "orders", subject: "call", claims: {}, seconds: 60 },
    now,
  );

  for (const statement of [timeless, stolen, "", "a.b.c", header.crt])
    expect(() => hear(statement, "call", root, now)).toThrow();
});
