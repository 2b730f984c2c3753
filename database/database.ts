// A service's own Postgres database: one pool, owned by Sequelize, used in two ways. Models and plain reads go through
// Sequelize; hot paths send their SQL as named, prepared statements over the raw clients of the same pool.
import type { Socket } from "node:net";
import pg, { type Client, type QueryResult, type QueryResultRow } from "pg";
import { type Options, Sequelize } from "sequelize";
import { isAftermath, isRefusal, isRetryable, UnknownCommitError } from "./postgres-errors.ts";

/** One SQL text, prepared once per connection under its name. The text must not depend on the size of its input. */
export interface Statement {
  name: string;
  text: string;
}

export interface Tx {
  /** Sends a statement and waits for its rows. */
  query<Row extends QueryResultRow>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Sends a statement whose rows nobody waits for. It travels in the same flight as what follows it, the commit
   * included; when it fails, the transaction fails with its error.
   */
  send(statement: Statement, values?: readonly unknown[]): void;
  /** Says that this transaction wrote to the outbox, so that the relay is woken at its end instead of finding out later. */
  hasRecorded(): void;
}

export interface DatabaseOptions {
  /** postgres://role:password@host:port/database */
  url: string;
  /** Connections of this process to this database. */
  poolSize?: number;
  applicationName?: string;
}

const BEGIN: Statement = { name: "begin", text: "begin" };
const COMMIT: Statement = { name: "commit", text: "commit" };
const ROLLBACK: Statement = { name: "rollback", text: "rollback" };
const ATTEMPTS = 5;

export class Database {
  readonly sequelize: Sequelize;
  /** Statements sent so far, BEGIN and COMMIT included, Sequelize's not. Read by the tests of cost and by the bench. */
  statements = 0;
  /** Called after a transaction that wrote to the outbox, whatever became of it: a hint to look, never a promise. */
  onRecorded: () => void = () => {};
  readonly #url: string;
  readonly #applicationName: string;
  #closed: Promise<void> | undefined;

  constructor({ url, poolSize = 6, applicationName = "moleculer-commerce" }: DatabaseOptions) {
    this.#url = url;
    this.#applicationName = applicationName;
    this.sequelize = new Sequelize(url, {
      logging: false,
      // The role's settings name the time zone; one statement less on each new connection.
      keepDefaultTimezone: true,
      pool: { max: poolSize, min: 0, acquire: 5_000, idle: 60_000 },
      dialectOptions: { application_name: applicationName, keepAlive: true },
      hooks: {
        // Statements of one transaction that do not wait for each other share a network round trip.
        afterConnect: (connection) => {
          (connection as { pipeline?: boolean }).pipeline = true;
        },
      },
    } as Options & { keepDefaultTimezone: true });
  }

  /** A single statement in a transaction of its own. */
  async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.borrow(async (client) => (await this.#send<Row>(client, statement, values)).rows);
  }

  /**
   * Runs `work` in one transaction at read committed and commits it. A serialization failure or deadlock runs the
   * whole function again, so it must have no effect outside its transaction: no calls, no files, no mail.
   * There are no after-commit hooks: what must happen later is an outbox row.
   * @throws what `work` or one of its statements threw; UnknownCommitError when the connection was lost during COMMIT
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.borrow((client) => this.#once(client, work));
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
        // Jitter, so that two transactions that met once do not meet again in step.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
      }
    }
  }

  /**
   * A connection of its own, outside the pool, for what lives as long as its session: an advisory lock. The caller ends it.
   * @throws what pg throws when it cannot connect
   */
  async connectAlone(): Promise<Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: `${this.#applicationName} relay`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      pipeline: true,
    } as pg.ClientConfig);
    await client.connect();
    return client;
  }

  /** May be called more than once. */
  close(): Promise<void> {
    this.#closed ??= this.sequelize.close();
    return this.#closed;
  }

  async #once<T>(client: Client, work: (tx: Tx) => Promise<T>): Promise<T> {
    const sent: Promise<unknown>[] = [];
    const send = (statement: Statement, values: readonly unknown[] = []) => {
      const sending = this.#send(client, statement, values);
      // It is looked at when the transaction ends; a failure that comes before must not count as one nobody looks at.
      sending.catch(() => {});
      sent.push(sending);
    };
    send(BEGIN);
    let recorded = false;
    const tx: Tx = {
      query: async <Row extends QueryResultRow>(statement: Statement, values: readonly unknown[] = []) =>
        (await this.#send<Row>(client, statement, values)).rows,
      send,
      hasRecorded: () => {
        recorded = true;
      },
    };
    let result: T;
    try {
      result = await work(tx);
    } catch (error) {
      const [, ...outcomes] = await Promise.allSettled([this.#send(client, ROLLBACK, []), ...sent]);
      throw causeOf([...failuresOf(outcomes), error]);
    }
    const [commit, ...outcomes] = await Promise.allSettled([this.#send(client, COMMIT, []), ...sent]);
    if (recorded) this.onRecorded();
    const failures = failuresOf(outcomes);
    // What the server refused it did not commit. What was cut off together with the COMMIT it may have.
    if (failures.some(isRefusal)) throw causeOf(failures);
    if (commit.status === "rejected") throw new UnknownCommitError(commit.reason);
    if (failures.length > 0) throw causeOf(failures);
    // Postgres answers ROLLBACK to the COMMIT of an aborted transaction; a caught error must not pass for a commit.
    if (commit.value.command !== "COMMIT")
      throw new Error("the transaction was aborted by an error that was swallowed");
    return result;
  }

  async #send<Row extends QueryResultRow>(
    client: Client,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    this.statements++;
    shareFlight(client);
    return client.query<Row>({ name: statement.name, text: statement.text, values: values as unknown[] });
  }

  /** Lends a raw client of the pool, for what fits neither `query` nor `transaction`. */
  async borrow<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const pool = this.sequelize.connectionManager;
    const client = (await pool.getConnection({ type: "write" })) as Client;
    try {
      return await use(client);
    } finally {
      pool.releaseConnection(client);
    }
  }
}

/** Statements sent in the same turn of the event loop leave in one packet instead of one each. */
function shareFlight(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const failuresOf = (outcomes: PromiseSettledResult<unknown>[]): unknown[] =>
  outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));

/** Of the failures of a transaction the one that the others follow from. */
const causeOf = (failures: readonly unknown[]): unknown => failures.find((each) => !isAftermath(each)) ?? failures[0];
