// The embedded mode's Postgres, with every service's database and role in it, so that the printed URLs work at once.

import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type EmbeddedPostgres, startPostgres } from "../runtime/embedded/start-postgres.ts";
import { provisionDatabases } from "../runtime/provision-databases.ts";
import { DATABASES, databasesToProvision } from "../runtime/services.ts";
import { rememberSecret } from "./remember-secret.ts";
import type { RunningServer, Settings, StackServer, Surroundings } from "./server.ts";

// A pool per service and process: what one process needs is not enough for several.
const MAX_CONNECTIONS = "400";
// Outside embedded mode it has no default; this one is good for any stack of one's own.
const TOKEN_ISSUER = "moleculer-commerce";

/** Postgres, its data kept and durable. It chooses its own port. */
export const postgres: StackServer = { missing: () => [], start };

async function start({ folder, port, log }: Surroundings): Promise<RunningServer> {
  if (port !== undefined) throw new Error("its port cannot be chosen: it takes a free one");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const server = await startPostgres({ dataDir: folder, log, settings: { max_connections: MAX_CONNECTIONS } });
  try {
    // One for all roles: the template of DATABASE_URL can vary nothing but the service's name.
    const password = rememberSecret(join(folder, "role-password"), () => randomBytes(24).toString("hex"));
    await provision(server, password, log);
    const webhookSecret = rememberSecret(join(folder, "webhook-secret"), () => randomBytes(32).toString("hex"));
    return {
      settings: { ...settingsOf(server, password), SANDBOX_WEBHOOK_SECRETS: webhookSecret },
      exited: server.exited.then(() => "see its log"),
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function provision({ adminUrl }: EmbeddedPostgres, password: string, log: (line: string) => void): Promise<void> {
  return provisionDatabases({
    adminUrl,
    services: databasesToProvision(),
    passwords: Object.fromEntries(DATABASES.map((name) => [name, password])),
    log,
  });
}

function settingsOf({ host, port, adminUrl }: EmbeddedPostgres, password: string): Settings {
  return {
    DATABASE_URL: `postgres://commerce_{service}:${password}@${host}:${port}/commerce_{service}`,
    ADMIN_DATABASE_URL: adminUrl("postgres"),
    TOKEN_ISSUER,
    // Nobody waits for the mail of a stack that is there to try things out.
    MAIL_TO_FOLDER: "true",
  };
}
