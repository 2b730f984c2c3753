// Whatever comes is answered in the one form of all refusals, never with a 5xx, and leaves nothing half done.
import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { DEMO_ACCOUNTS } from "../runtime/seed-shop.ts";
import { DATABASES } from "../runtime/services.ts";
import type { Tokens } from "../services/auth/auth.contract.ts";
import { BAD_BODIES, BAD_QUERIES } from "./bad-input.cases.ts";
import { BAD_ORDERS, BAD_STAFF_ORDERS } from "./bad-orders.cases.ts";
import type { Case, Who } from "./support/bad-input.ts";
import { type Client, saidOf } from "./support/http.ts";
import { newKey, openShop, orderBody, type RunningShop } from "./support/running-shop.ts";

let shop: RunningShop;
let clients: Record<Who, Client>;

beforeAll(async () => {
  shop = await openShop();
  clients = { anyone: shop.anyone, customer: await shop.customer(), staff: await shop.staff() };
}, 60_000);
afterAll(() => shop.close());

const COUNTS = `select table_name, (xpath('/row/c/text()', query_to_xml(
    format('select count(*) as c from %I', table_name), false, true, '')))[1]::text as rows
  from information_schema.tables where table_schema = 'public' and table_name <> 'schema_migrations'
    and has_table_privilege(format('%I', table_name), 'select') order by 1`;

/** How many rows every table of the system has. */
async function footprint(): Promise<Record<string, string>> {
  // What an earlier test began may still be told to others.
  await shop.told();
  const all = await Promise.all(
    DATABASES.map(async (name) =>
      (await shop.rows<{ table_name: string; rows: string }>(name, COUNTS)).map(
        ({ table_name, rows }) => [`${name}.${table_name}`, rows] as const,
      ),
    ),
  );
  return Object.fromEntries(all.flat());
}

async function isRefused({ why: _why, said, who, method, path, key, ...question }: Case): Promise<void> {
  const before = await footprint();

  const answer = await clients[who].ask(method, path, { ...question, ...(key !== null && { key: key ?? newKey() }) });

  expect(saidOf(answer)).toBe(said);
  expect(await footprint()).toEqual(before);
}

test.each(BAD_ORDERS)("an order with $why is $said", isRefused);
test.each(BAD_STAFF_ORDERS)("an order by staff with $why is $said", isRefused);
test.each(BAD_BODIES)("$method $path with $why is $said", isRefused);
test.each(BAD_QUERIES)("GET $why is $said", isRefused);

test("a refusal says where the mistake is", async () => {
  const lines = [{ sku: "MUG-BLUE", quantity: 0 }];

  const { body } = await clients.customer.post("/v1/orders", orderBody({ lines }), { key: newKey() });

  expect(body).toMatchObject({
    type: "urn:commerce:problem:validation_failed",
    instance: "/v1/orders",
    errors: [{ pointer: "/lines/0/quantity", code: "minimum" }],
  });
});

test("a key whose request was refused can be used for the right one", async () => {
  const key = newKey();
  const refused = await clients.customer.post("/v1/orders", orderBody({ currency: "EUR" }), { key });

  const placed = await clients.customer.post("/v1/orders", orderBody(), { key });

  expect([saidOf(refused), saidOf(placed)]).toEqual(["422 currency_mismatch", "201"]);
});

describe("an access token", () => {
  let token: string;
  let claims: jwt.JwtPayload;
  let kid: string;
  let privateJwk: object;

  beforeAll(async () => {
    const { email, password } = DEMO_ACCOUNTS.customer;
    token = (await shop.anyone.post<Tokens>("/v1/auth/login", { email, password })).body.accessToken;
    const decoded = jwt.decode(token, { complete: true }) as jwt.Jwt;
    claims = decoded.payload as jwt.JwtPayload;
    kid = decoded.header.kid as string;
    const [row] = await shop.rows<{ private_jwk: object }>(
      "auth",
      "select private_jwk from signing_keys where kid = $1",
      [kid],
    );
    privateJwk = row?.private_jwk as object;
  });

  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const [parts, publicPem] = [
    () => token.split(".") as [string, string, string],
    () =>
      createPublicKey({ key: privateJwk as never, format: "jwk" }).export({ format: "pem", type: "spki" }) as string,
  ];
  const forged: [string, string, () => string][] = [
    ["that is no token", "401 token_invalid", () => "ada"],
    ["without a signature", "401 token_invalid", () => `${parts()[0]}.${parts()[1]}.`],
    [
      "of the algorithm none",
      "401 token_invalid",
      () => `${encode({ alg: "none", typ: "at+jwt", kid })}.${parts()[1]}.`,
    ],
    [
      "that makes its bearer staff",
      "401 token_invalid",
      () => `${parts()[0]}.${encode({ ...claims, roles: ["staff"] })}.${parts()[2]}`,
    ],
    ["signed with the public key as a secret", "401 token_invalid", () => hmacOf(publicPem())],
    ["of a key that nobody published", "401 token_invalid", () => signed({}, { kid: "unknown" })],
    ["for somebody else's API", "401 token_invalid", () => signed({ aud: "another-api" })],
    ["of another issuer", "401 token_invalid", () => signed({ iss: "mallory" })],
    ["that never ends", "401 token_invalid", () => signed({ exp: Number(claims.iat) + 10 * 365 * 86_400 })],
    [
      "that is over",
      "401 token_expired",
      () => signed({ iat: Number(claims.iat) - 700, exp: Number(claims.iat) - 100 }),
    ],
  ];
  function signed(changes: object, header: object = {}): string {
    const key = { key: privateJwk, format: "jwk" } as never;
    return jwt.sign({ ...claims, ...changes }, key, {
      algorithm: "ES256",
      header: { alg: "ES256", typ: "at+jwt", kid, ...header },
    });
  }
  const hmacOf = (secret: string) =>
    // By hand: the library itself refuses a public key as a secret.
    jwt.sign(claims, Buffer.from(secret), { algorithm: "HS256", header: { alg: "HS256", typ: "at+jwt", kid } });

  test.each(forged)("%s is %s, and nothing happens", async (_why, said, make) => {
    const before = await footprint();

    const answer = await shop.anyone.as(make()).post("/v1/orders", orderBody(), { key: newKey() });

    expect(saidOf(answer)).toBe(said);
    expect(await footprint()).toEqual(before);
  });

  test("that was signed by the shop's key is believed, so the others were refused for what they are", async () => {
    expect((await shop.anyone.as(signed({})).get("/v1/users/me")).status).toBe(200);
  });

  test("is refused on public routes as well, when it is bad", async () => {
    expect(saidOf(await shop.anyone.as("forged").get("/v1/products"))).toBe("401 token_invalid");
  });

  test("in another scheme is none", async () => {
    const headers = { authorization: `Basic ${Buffer.from("ada:secret").toString("base64")}` };
    expect(saidOf(await shop.anyone.get("/v1/orders", { headers }))).toBe("401 token_invalid");
  });
});
