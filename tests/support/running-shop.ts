// The whole system in this process: every service on a real database of its own, the gateway on a port of the system's
// choice, and the demo shop in it.
import { hash, randomUUIDv7 } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SERVICE_NAMES, type ServiceName } from "../../contract/contracts.ts";
import type { Database } from "../../database/database.ts";
import { type Config, readConfig } from "../../runtime/config.ts";
import { createNode, type Node } from "../../runtime/create-node.ts";
import { DEMO, DEMO_ACCOUNTS } from "../../runtime/seed-shop.ts";
import { DATABASES } from "../../runtime/services.ts";
import type { Tokens } from "../../services/auth/auth.contract.ts";
import { type Client, connect } from "./http.ts";
import { type TestDatabase, testDatabase } from "./postgres.ts";
import { testRoot } from "./trust.ts";
import { until } from "./until.ts";

const BUS_SECRET = "a secret that only the nodes of one shop know";

export interface Credentials {
  email: string;
  password: string;
}

export interface RunningShop {
  url: string;
  /** Where mail goes. */
  dataDir: string;
  broker: Node["broker"];
  /** Nobody in particular. */
  anyone: Client;
  /** A client that speaks as this account. */
  signIn(account: Credentials): Promise<Client>;
  /** Opens an account that nobody had before, and speaks as it. */
  register(name: string): Promise<Client & Credentials & { id: string }>;
  customer(): Promise<Client>;
  staff(): Promise<Client>;
  rows<Row extends object>(database: string, sql: string, values?: unknown[]): Promise<Row[]>;
  /** Waits until every event has had its effect. */
  settled(): Promise<void>;
  /** Waits until every mail that follows from one is sent as well, which takes its time. */
  told(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param split the services of each node where there are several; the first has the gateway. They need a Redis and a Kafka.
 */
export async function openShop(
  changes: Partial<Config> = {},
  split: readonly (readonly ServiceName[])[] = [SERVICE_NAMES],
): Promise<RunningShop> {
  const made = await Promise.all(DATABASES.map(async (name) => [name, await testDatabase(name)] as const));
  const databases = Object.fromEntries(made) as Record<string, TestDatabase>;
  const dataDir = mkdtempSync(join(tmpdir(), "commerce-shop-"));
  const trust = testRoot();
  const nodes = split.map((services, i) =>
    createNode({
      ...readConfig({ PORT: "0", LOG_LEVEL: "error", DATA_DIR: dataDir, RATE_LIMITS: "off" }),
      databaseUrl: (name) => (databases[name] as TestDatabase).url,
      // Filled once, however many nodes there are.
      ...(i === 0 && { demo: DEMO }),
      // Each may speak for what it runs, and for nothing else.
      trust: trust(services),
      busSecrets: [BUS_SECRET],
      ...changes,
      services,
    }),
  );
  const node = nodes[0] as Node;
  await Promise.all(nodes.map(({ broker }) => broker.start()));
  await node.broker.waitForServices(split.flat().filter((name) => name !== "gateway"));
  const dbOf = (name: string): Database => {
    const found = nodes.map(({ databases }) => databases.get(name)).find((db) => db !== undefined);
    if (found === undefined) throw new Error(`the shop has no database ${name}`);
    return found;
  };
  const { port } = (node.broker.getLocalService("gateway") as unknown as { address(): { port: number } }).address();
  const url = `http://127.0.0.1:${port}`;
  const anyone = await connect(url);

  async function signIn(account: Credentials): Promise<Client> {
    const { email, password } = account;
    const { status, body } = await anyone.post<Tokens>("/v1/auth/login", { email, password });
    if (status !== 200) throw new Error(`${email} cannot sign in: ${status}`);
    return anyone.as(body.accessToken);
  }

  async function isThere(name: string, what: string): Promise<boolean> {
    const text = `select exists (${what}) as there`;
    const [row] = await dbOf(name).query<{ there: boolean }>({ name: hash("sha1", text), text });
    return row?.there === true;
  }
  const isUnsettled = (name: string) => isThere(name, "select from outbox where published_at is null");
  const settled = () =>
    until(
      "all events settled",
      async () => !(await Promise.all(DATABASES.map(isUnsettled))).includes(true),
      30_000,
    ).then(() => {});

  return {
    url,
    dataDir,
    broker: node.broker,
    anyone,
    signIn,
    async register(name) {
      const account = { email: `${name.toLowerCase()}-${randomUUIDv7()}@example.com`, password: "a walk by the sea" };
      await anyone.post("/v1/auth/register", { ...account, name });
      const client = await signIn(account);
      const { body } = await client.get<{ id: string }>("/v1/users/me");
      // As who has read the mail that came with it.
      await node.broker.call("auth.markVerified", { userId: body.id });
      return { ...client, ...account, id: body.id };
    },
    customer: () => signIn(DEMO_ACCOUNTS.customer),
    staff: () => signIn(DEMO_ACCOUNTS.staff),
    async rows<Row extends object>(database: string, text: string, values: unknown[] = []) {
      return dbOf(database).query<Row & Record<string, unknown>>({ name: hash("sha1", text), text }, values);
    },
    settled,
    async told() {
      // The mails follow from events.
      await settled();
      await until(
        "all mails sent",
        async () => !(await isThere("notifications", "select from deliveries where status = 'PENDING'")),
        30_000,
      );
      await settled();
    },
    async close() {
      anyone.close();
      for (const { stop } of nodes) await stop();
      rmSync(dataDir, { recursive: true, force: true });
      for (const database of Object.values(databases)) database.release();
    },
  };
}

let orders = 0;
export const newKey = (): string => `key-${process.pid}-${orders++}`;

/** The body of an order: two mugs for Ada, paid with a card that approves. */
export const orderBody = (changes: Record<string, unknown> = {}) => ({
  currency: "GBP",
  lines: [{ sku: "MUG-BLUE", quantity: 2 }],
  shippingAddress: {
    name: "Ada Lovelace",
    line1: "12 St James Square",
    city: "London",
    postalCode: "SW1Y 4JH",
    country: "GB",
  },
  payment: { method: "pm_card_visa" },
  ...changes,
});
