// A Postgres of the bench's own, as durable as the one of `npm start`, in a folder that goes when it stops.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../runtime/embedded/start-postgres.ts";
import { provisionDatabases } from "../../runtime/provision-databases.ts";
import { databasesToProvision } from "../../runtime/services.ts";

export interface ThrowawayPostgres {
  /** For whatever else is to go with it. */
  dataDir: string;
  pid: number;
  urlOf(prefix: string, name: string): string;
  /** As a role that may do everything. */
  adminUrlOf(prefix: string, name: string): string;
  stop(): Promise<void>;
}

/** @param prefixes each a set of databases of its own */
export async function openPostgres(prefixes: readonly string[], names: readonly string[]): Promise<ThrowawayPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), "commerce-bench-"));
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), log: () => {} });
  const passwords = Object.fromEntries(names.map((name) => [name, randomBytes(24).toString("hex")]));
  try {
    for (const prefix of prefixes) {
      const services = databasesToProvision(names);
      await provisionDatabases({ adminUrl: postgres.adminUrl, services, passwords, prefix, log: () => {} });
    }
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return {
    dataDir,
    pid: postgres.pid,
    urlOf: (prefix, name) =>
      `postgres://${prefix}${name}:${passwords[name]}@${postgres.host}:${postgres.port}/${prefix}${name}`,
    adminUrlOf: (prefix, name) => postgres.adminUrl(`${prefix}${name}`),
    stop: () => postgres.stop(),
  };
}
