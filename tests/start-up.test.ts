// `npm start` without npm: real processes that come up, refuse to, stop, are killed and come up again.
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "../contract/page.ts";
import { readConfig } from "../runtime/config.ts";
import { identifyProcess } from "../runtime/process-identity.ts";
import { DEMO_ACCOUNTS } from "../runtime/seed-shop.ts";
import { waitUntil } from "../runtime/wait-until.ts";
import type { Tokens } from "../services/auth/auth.contract.ts";
import type { Order } from "../services/orders/orders.contract.ts";
import { type Client, connect } from "./support/http.ts";
import { cleanUp, dataFolder, type Program, postgresOf, queryOf, removeFolders, start } from "./support/program.ts";
import { newKey, orderBody } from "./support/running-shop.ts";

// The first start makes the databases, which takes longest: made once, with one order, and copied for each test.
let shop: string;
let first: { words: string; stop: { code: number | null }; postgres: number; order: Order; logIn: number };

beforeAll(async () => {
  shop = dataFolder();
  const program = await start({ DATA_DIR: shop });
  const isReady = async () => (await fetch(`${program.url}/health/ready`).catch(() => undefined))?.status === 200;
  await waitUntil(isReady, { what: "readiness", withinMs: 50_000 });
  const { email, password } = DEMO_ACCOUNTS.customer;
  const anyone = await connect(program.url);
  clients.push(anyone);
  const { status: logIn } = await anyone.post("/v1/auth/login", { email, password });
  await program.up();
  const { body: order } = await (await signIn(program.url)).post<Order>("/v1/orders", orderBody(), { key: newKey() });
  const { pid: postgres } = postgresOf(shop);
  const stop = await program.stop("SIGINT");
  first = { words: program.stdout().replaceAll(program.url, "URL"), stop, postgres, order, logIn };
}, 60_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await cleanUp();
  await removeFolders();
});

const curl = spawnSync("curl", ["--version"]).error === undefined;
const testWithCurl = curl ? test : test.skip;
const clients: Client[] = [];
async function signIn(
  url: string,
  { email, password } = DEMO_ACCOUNTS.customer as { email: string; password: string },
) {
  const anyone = await connect(url);
  clients.push(anyone);
  const { body } = await anyone.post<Tokens>("/v1/auth/login", { email, password });
  return anyone.as(body.accessToken);
}

test("the first start says where everything is, and who can sign in", () => {
  const { words } = first;
  expect(words).toMatch(/is up \(\d+\.\d s\): auth, users, catalog, inventory, orders, payments,/);
  for (const path of ["URL/v1/products", "URL/docs", "URL/openapi.json"]) expect(words).toContain(path);
  expect(words).toContain(shop);
  for (const { email, password } of Object.values(DEMO_ACCOUNTS)) expect(words).toContain(`${email} / ${password}`);
});

test("once it says that it is ready, the demo's accounts can sign in", () => {
  expect(first.logIn).toBe(200);
});

test("what lies in the data folder is its owner's alone", () => {
  const entries = readdirSync(shop, { recursive: true, withFileTypes: true });
  const open = entries
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0);

  expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(["passwords.json", "admin-password"]));
  expect(open).toEqual([]);
  expect(statSync(shop).mode & 0o777).toBe(0o700);
});

/** Somebody who has waited for this: each answer to a log-in from its first moment on, until one is for good. */
async function enterWhileItStarts(program: Program, account: { email: string; password: string }): Promise<number[]> {
  const told: number[] = [];
  const body = JSON.stringify(account);
  const logIn = () =>
    fetch(`${program.url}/v1/auth/login`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  const isAnswered = async () => {
    const answer = await logIn().catch(() => undefined);
    if (answer !== undefined) told.push(answer.status);
    return told.includes(200) || told.includes(401);
  };
  await waitUntil(isAnswered, { what: "an answer to the log-in", withinMs: 30_000, everyMs: 5 });
  return told;
}

test("a shop that others can reach has passwords of its own, also where it was filled with the published ones", async () => {
  const folder = dataFolder(shop);
  const program = await start({ DATA_DIR: folder, HOST: "0.0.0.0" });
  const { email, password } = DEMO_ACCOUNTS.staff;
  const early = enterWhileItStarts(program, { email, password });
  await program.up();
  expect(await early).toContain(401);
  expect(await early).not.toContain(200);
  const [, told = ""] = new RegExp(`${email} / (\\S+)`).exec(program.stdout()) ?? [];
  const anyone = await connect(program.url);
  clients.push(anyone);
  const enter = async (tried: string) => (await anyone.post("/v1/auth/login", { email, password: tried })).status;

  expect([await enter(password), await enter(told)]).toEqual([401, 200]);
  expect((await program.stop()).code).toBe(0);
});

test("Ctrl-C stops it cleanly, its Postgres included", () => {
  expect(first.stop.code).toBe(0);
  expect(identifyProcess(first.postgres)).toBeUndefined();
});

describe("the next start", () => {
  let folder: string;
  let program: Program;
  let took: number;

  beforeAll(async () => {
    folder = dataFolder(shop);
    program = await start({ DATA_DIR: folder });
    took = await program.up();
  }, 60_000);

  test("takes less than five seconds", () => {
    expect(took).toBeLessThan(5_000);
  });

  test("has the data of the one before", async () => {
    const ada = await signIn(program.url);

    expect((await ada.get<Page<Order>>("/v1/orders")).body.data).toEqual([first.order]);
  });

  testWithCurl(`prints curl lines that place an order${curl ? "" : " (LEFT OUT: there is no curl)"}`, async () => {
    const lines = program.stdout().split("Place an order:")[1] as string;

    const answer = await new Promise((resolve) => execFile("sh", ["-c", lines], (_, stdout) => resolve(stdout)));

    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(answer).toContain('"status":"CONFIRMED"');
  });

  test("serves the metrics and the health that it announces", async () => {
    const [, origin] = /^ {2}Metrics {4}(http:\/\/127\.0\.0\.1:\d+)\/metrics$/m.exec(program.stdout()) ?? [];

    const [metrics, ready] = await Promise.all([fetch(`${origin}/metrics`), fetch(`${origin}/health/ready`)]);

    expect([metrics.status, ready.status]).toEqual([200, 200]);
    expect(await metrics.text()).toContain('commerce_consumer_up{service="reports",group="reports-sales"} 1\n');
  });

  test("lets no second instance on its port", async () => {
    const { port } = new URL(program.url);
    const other = dataFolder();

    const second = await start({ DATA_DIR: other, PORT: port });

    expect((await second.exited).code).toBe(1);
    expect(second.stderr()).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken\\. [^\n]+\\n$`));
    expect(() => postgresOf(other)).toThrow("ENOENT");
  });

  test("lets no second instance into its data folder, and goes on", async () => {
    const second = await start({ DATA_DIR: folder });

    expect((await second.exited).code).toBe(1);
    const [sentence, ...more] = second.stderr().split("\n");
    expect(sentence).toContain(`The data folder ${folder} is in use by process ${program.child.pid}.`);
    expect(more).toEqual([""]);
    expect((await (await signIn(program.url)).get("/v1/users/me")).status).toBe(200);
  });

  test("is stopped cleanly by SIGTERM, and has complained about nothing", async () => {
    const { pid } = postgresOf(folder);

    expect(await program.stop("SIGTERM")).toEqual({ code: 0, signal: null });

    expect(identifyProcess(pid)).toBeUndefined();
    expect(program.stderr()).toBe("");
  });
});

describe("where the port of the metrics is taken", () => {
  let port: number;
  let holder: Server | undefined;
  const take = async (wanted: number) => {
    const server = createServer();
    await once(server.listen(wanted, "127.0.0.1"), "listening");
    holder = server;
    port = (server.address() as AddressInfo).port;
  };
  afterEach(() => void holder?.close());

  test("a start that chose it ends with a sentence, before it begins", async () => {
    await take(0);
    const folder = dataFolder();

    const program = await start({ DATA_DIR: folder, METRICS_PORT: String(port) });

    expect((await program.exited).code).toBe(1);
    expect(program.stdout() + program.stderr()).toBe(
      `Metrics cannot be served on 127.0.0.1:${port} (METRICS_PORT): the port is taken\n`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a start that did not goes on without, and says so once", async () => {
    // Whoever else on this machine has it holds it as well as we would.
    await take(9464).catch(() => {});

    const program = await start({ DATA_DIR: dataFolder(shop), METRICS_PORT: "" });
    await program.up();

    expect(program.stderr()).toBe("Port 9464 is taken: METRICS_PORT=… gives metrics another one.\n");
    expect(program.stdout()).not.toContain("Metrics");
    expect((await (await signIn(program.url)).get("/v1/users/me")).status).toBe(200);
    expect((await program.stop()).code).toBe(0);
  });
});

test("killed in the middle of an order, it comes up again and ends the order with one charge", async () => {
  const folder = dataFolder(shop);
  const env = { DATA_DIR: folder, ORDER_LEASE_MS: "2000", ORDER_TIME_BUDGET_MS: "300" };
  const killed = await start({ ...env, SANDBOX_SLOW_MS: "60000" });
  await killed.up();
  const slow = orderBody({ payment: { method: "pm_sandbox_slow" } });
  const { body: open } = await (await signIn(killed.url)).post<Order>("/v1/orders", slow, { key: newKey() });
  expect(open.status).toBe("PENDING");
  const { pid: orphan } = postgresOf(folder);
  await killed.stop("SIGKILL");
  expect(identifyProcess(orphan)).toBeDefined();

  const next = await start({ ...env, SANDBOX_SLOW_MS: "0" });
  await next.up();

  expect(next.stderr()).toContain("Postgres");
  expect(identifyProcess(orphan)).toBeUndefined();
  const ada = await signIn(next.url);
  const isConfirmed = async () => (await ada.get<Order>(`/v1/orders/${open.id}`)).body.status === "CONFIRMED";
  await waitUntil(isConfirmed, { what: "the order's end", withinMs: 15_000 });
  const charges = await queryOf(folder, "sandbox", "select status from charges where method = $1", ["pm_sandbox_slow"]);
  expect(charges).toEqual([{ status: "authorized" }]);
  const { body } = await ada.get<{ data: { type: string }[] }>(`/v1/orders/${open.id}/timeline`);
  expect(body.data.filter(({ type }) => type === "order.confirmed")).toHaveLength(1);
});

test("told to stop in the middle of two orders it answers the client that waits, and ends the one that nobody waits for as well", async () => {
  const folder = dataFolder(shop);
  const program = await start({ DATA_DIR: folder, SANDBOX_SLOW_MS: "1500" });
  await program.up();
  const ada = await signIn(program.url);
  const slow = orderBody({ payment: { method: "pm_sandbox_slow" } });
  const place = (headers = {}) => ada.post<Order>("/v1/orders", slow, { key: newKey(), headers });

  const { body: open } = await place({ prefer: "respond-async" });
  const waitedFor = place();
  const pending = "select from orders where status = 'PENDING'";
  const areBoth = async () => (await queryOf(folder, "orders", pending, [])).length === 2;
  await waitUntil(areBoth, { what: "both orders", withinMs: 5_000 });
  const ended = program.stop("SIGTERM");

  expect((await waitedFor).body.status).toBe("CONFIRMED");
  expect(await ended).toEqual({ code: 0, signal: null });
  // Moleculer itself says for whom it waits.
  expect(program.stderr()).not.toMatch(/ ERROR |order|closed/i);
  const next = await start({ DATA_DIR: folder });
  await next.up();
  const { body: order } = await (await signIn(next.url)).get<Order>(`/v1/orders/${open.id}`);
  expect([open.status, order.status]).toEqual(["PENDING", "CONFIRMED"]);
});

test("stopped while it still starts, it leaves a folder that the next start can use", async () => {
  const folder = dataFolder();
  const early = await start({ DATA_DIR: folder });
  await early.says(/creating a new Postgres cluster/);
  expect((await early.stop("SIGINT")).signal).toBeNull();

  const next = await start({ DATA_DIR: folder });
  await next.up();

  expect((await (await signIn(next.url)).get("/v1/users/me")).status).toBe(200);
});

const WRONG: [Record<string, string>, RegExp][] = [
  [{ PORT: "65536" }, /^PORT must be a whole number from 0 to 65535, not 65536$/],
  [{ METRICS_PORT: "metrics" }, /^METRICS_PORT must be a whole number from 0 to 65535, not metrics$/],
  [{ METRICS_HOST: "0.0.0.0" }, /^METRICS_HOST is 0\.0\.0\.0, which others reach: give METRICS_TOKEN/],
  [{ PUBLISH_DOCS: "no" }, /^PUBLISH_DOCS may be true, false, not no$/],
  [{ PORT: "9464" }, /^PORT and METRICS_PORT are both 9464$/],
  [{ SERVICES: "orders" }, /^SERVICES .*REDIS_URL/],
  [{ SERVICES: "nope" }, /^SERVICES may be [a-z, ]+, not nope$/],
  [
    { REDIS_URL: "redis://127.0.0.1:1" },
    /^REDIS_URL .+ give BUS_SECRET, TRUST_ROOT, NODE_CREDENTIAL, which npm run credentials makes$/,
  ],
  [{ HTTP_KEEP_ALIVE_MS: "65s" }, /^HTTP_KEEP_ALIVE_MS must be a whole number from 1000 to 3600000, not 65s$/],
  [{ LOG_LEVEL: "loud" }, /^LOG_LEVEL may be .+, not loud$/],
  [{ SANDBOX_SLOW_MS: "-1" }, /^SANDBOX_SLOW_MS must be a whole number from 0 /],
  [{ DATABASE_URL: "postgres://x@127.0.0.1:1/{service}" }, /^TOKEN_ISSUER is missing/],
];

test.each(WRONG)("%j is refused in one sentence", (env, sentence) => {
  expect(() => readConfig(env)).toThrow(sentence);
});

test("a wrong setting ends the program before it begins, with that sentence and nothing else", async () => {
  const folder = dataFolder();
  const wrong = await start({ DATA_DIR: folder, PORT: "abc" });

  expect((await wrong.exited).code).toBe(1);
  expect(wrong.stdout() + wrong.stderr()).toBe("PORT must be a whole number from 0 to 65535, not abc\n");
  expect(readdirSync(folder)).toEqual([]);
});
