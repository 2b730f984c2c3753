// A server of the test's own, to be killed and stopped: started as `npm run stack` does, in a folder that goes with it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { choosePort, HOST } from "../../stack/choose-port.ts";
import { openStack, type Stack } from "../../stack/open-stack.ts";
import type { StackServer } from "../../stack/server.ts";

const { env } = process;
const cacheDir = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "moleculer-commerce");

/** What has to be brought before this server can be started here, each with the way to get it. */
export const missingFor = (server: StackServer): string[] =>
  server.missing(env, cacheDir).map(({ program, advice }) => `${program} (${advice})`);

export interface OwnServer {
  host: string;
  /** The same after every start. */
  port: number;
  start(): Promise<void>;
  /** With SIGKILL; its data stays. */
  kill(): Promise<void>;
  /** SIGSTOP: it accepts connections, and says nothing. */
  freeze(): void;
  thaw(): void;
  /** Killed and started again. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export async function ownServer(name: string, server: StackServer): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), `own-${name}-`));
  const folder = join(dataDir, name);
  mkdirSync(folder);
  // Remembered in the folder, so that the server takes the same one.
  const port = await choosePort({ folder, purpose: "server" });
  let stack: Stack | undefined;
  const signal = (name: NodeJS.Signals) =>
    process.kill((JSON.parse(readFileSync(join(folder, "server.pid"), "utf8")) as { pid: number }).pid, name);
  const own: OwnServer = {
    host: HOST,
    port,
    async start() {
      const servers = { [name]: server };
      stack = openStack({ servers, ports: {}, dataDir, cacheDir, env, log: () => {}, onLoss: () => {} });
      await stack.ready;
    },
    async kill() {
      signal("SIGKILL");
      await stack?.stop();
    },
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async restart() {
      await own.kill();
      await own.start();
    },
    async remove() {
      await stack?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return own;
}
