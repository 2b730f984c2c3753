import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { SERVER_NAMES, type ServerName } from "./servers.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface Options {
  servers: readonly ServerName[];
  ports: Partial<Record<ServerName, number>>;
  envFile: string | undefined;
  dataDir: string;
  cacheDir: string;
}

/** What the command line and the environment ask for. Throws a sentence that names the wrong word. */
export function readOptions(args: string[], env: Env): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      ports: { type: "string" },
      env: { type: "string" },
      data: { type: "string" },
    },
  });
  const only = list(values.only).map((name) => serverName("--only", name));
  if (values.only !== undefined && only.length === 0) throw new Error("--only names no server");
  return {
    servers: only.length === 0 ? SERVER_NAMES : SERVER_NAMES.filter((name) => only.includes(name)),
    ports: Object.fromEntries(list(values.ports).map(portOf)),
    envFile: values.env === undefined ? undefined : resolve(values.env),
    dataDir: resolve(values.data ?? join(env.DATA_DIR || ".data", "stack")),
    cacheDir: join(env.XDG_CACHE_HOME || join(env.HOME || "", ".cache"), "moleculer-commerce"),
  };
}

function portOf(pair: string): [ServerName, number] {
  const [name = "", text = ""] = pair.split("=");
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--ports takes name=port from 1 to 65535, as in redis=6379, not ${pair}`);
  }
  return [serverName("--ports", name), port];
}

function serverName(option: string, name: string): ServerName {
  const known = SERVER_NAMES.find((each) => each === name);
  if (known === undefined) throw new Error(`${option} may name ${SERVER_NAMES.join(", ")}, not ${name}`);
  return known;
}

const list = (value: string | undefined): string[] =>
  (value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
