// An auth service on a database of its own, with a clock to move and cheap hashes.
import type { ServiceBroker } from "moleculer";
import { call } from "../../../contract/typed.ts";
import { Database } from "../../../database/database.ts";
import { tokenVerifier } from "../../../middlewares/verify-token.ts";
import { as, testBroker } from "../../../tests/support/broker.ts";
import { testDatabase } from "../../../tests/support/postgres.ts";
import { testTrust } from "../../../tests/support/trust.ts";
import { type AuthOptions, authService } from "../auth.service.ts";
import { type StubUsers, stubUsers } from "./stub-users.ts";

export const PASSWORD = "correct horse battery";
export const CHEAP = { memory: 64, passes: 1, parallelism: 1 };
export const TOKENS = { issuer: "https://shop.example", audience: "commerce" };

export type StartedAuth = Awaited<ReturnType<typeof startAuth>>;

export async function startAuth(options: Partial<AuthOptions> = {}) {
  const database = await testDatabase("auth");
  const users: StubUsers = stubUsers();
  let now = new Date("2026-03-01T12:00:00Z");
  const clock = () => now;
  const { signKeys } = testTrust(clock);
  const node = async () => {
    const db = new Database({ url: database.url });
    const service = authService({ db, clock, signKeys, shopName: "Mugs & More", cost: CHEAP, ...TOKENS, ...options });
    return { db, broker: await testBroker(service, users.schema) };
  };
  const { db, broker } = await node();
  const idOf = async (email: string): Promise<string> => {
    const text = "select user_id as id from credentials where email = $1";
    return (await db.query<{ id: string }>({ name: "test_id", text }, [email]))[0]?.id as string;
  };
  const others: ServiceBroker[] = [];

  return {
    db,
    broker,
    users,
    clock,
    /** A second node on the same database. */
    another: async () => {
      const { broker: other } = await node();
      others.push(other);
      return other;
    },
    pass: (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1_000);
    },
    /** @returns the account that has the address then */
    register: async (typed = "ada@example.com", password = PASSWORD, via = broker) => {
      const { email } = await call(via, "auth.register", { email: typed, password, name: "Ada Lovelace" });
      return { id: await idOf(email), email, name: "Ada Lovelace" };
    },
    idOf,
    login: (email = "ada@example.com", password = PASSWORD, clientAddress?: string, via = broker) =>
      call(via, "auth.login", { email, password }, from(clientAddress)),
    refresh: (refreshToken: string, via = broker) => call(via, "auth.refresh", { refreshToken }),
    /** Who an access token speaks of, as every service would see it. */
    verify: tokenVerifier({ ...TOKENS, clock, keys: async () => (await call(broker, "auth.jwks", {})).keys }),
    events: () =>
      db.query<{ type: string; aggregate_id: string; data: Record<string, unknown> }>({
        name: "test_events",
        text: "select type, aggregate_id, data from outbox order by id",
      }),
    /** Of each event so far: what happened, the version, and the request that it came from. */
    origins: async () =>
      (
        await db.query<{ type: string; version: number; request: string | null }>({
          name: "test_origins",
          text: "select type, aggregate_version as version, correlation_id as request from outbox order by id",
        })
      ).map(({ type, version, request }) => [type, version, request]),
    async stop() {
      await Promise.all([broker, ...others].map((each) => each.stop()));
      database.release();
    },
  };
}

export { as };

/** As the gateway tells where a client asks from. */
export const from = (clientAddress?: string) => (clientAddress === undefined ? {} : { meta: { clientAddress } });

/** "ok", or the type of the error. */
export const outcomesOf = async (attempts: Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(attempts)).map((outcome) =>
    outcome.status === "fulfilled" ? "ok" : (outcome.reason as { type: string }).type,
  );
