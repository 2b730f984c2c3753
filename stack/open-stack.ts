import { join } from "node:path";
import type { Options } from "./read-options.ts";
import type { Prerequisite, RunningServer, Settings, StackServer, Surroundings } from "./server.ts";

export interface StackOptions extends Pick<Options, "ports" | "dataDir" | "cacheDir"> {
  servers: Readonly<Record<string, StackServer>>;
  env: Surroundings["env"];
  log(line: string): void;
  /** A server ended that nobody told to. */
  onLoss(name: string, how: string): void;
}

export interface Stack {
  /** The settings of all servers, when all of them are ready. Fails with the first that is not. */
  ready: Promise<Settings>;
  /** Ends everything that was started, also while it starts. */
  stop(): Promise<void>;
}

/** Starts all servers side by side. Throws when a program that one of them needs is missing. */
export function openStack(options: StackOptions): Stack {
  const { servers, log, onLoss } = options;
  refuseWhatIsMissing(options);
  const abort = new AbortController();
  const starts = Object.entries(servers).map(async ([name, server]) => {
    const began = performance.now();
    const running = await startOne(name, server, { options, signal: abort.signal });
    log(`${name}: ready after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    void running.exited.then((how) => {
      if (!abort.signal.aborted) onLoss(name, how);
    });
    return running;
  });
  let stopping: Promise<void> | undefined;
  return {
    ready: Promise.all(starts).then((running) => Object.assign({}, ...running.map(({ settings }) => settings))),
    stop: () => {
      abort.abort(new Error("the stack was stopped"));
      stopping ??= stopAll(starts, log);
      return stopping;
    },
  };
}

async function startOne(
  name: string,
  server: StackServer,
  { options, signal }: { options: StackOptions; signal: AbortSignal },
): Promise<RunningServer> {
  const { dataDir, cacheDir, ports, env, log } = options;
  try {
    return await server.start({
      folder: join(dataDir, name),
      cacheDir,
      port: (ports as Record<string, number | undefined>)[name],
      env,
      log: (line) => log(`${name}: ${line}`),
      signal,
    });
  } catch (error) {
    throw new Error(`${name} did not start: ${(error as Error).message}`, { cause: error });
  }
}

async function stopAll(starts: Promise<RunningServer>[], log: (line: string) => void): Promise<void> {
  const outcomes = await Promise.allSettled(starts.map(async (start) => (await start.catch(() => undefined))?.stop()));
  for (const outcome of outcomes) if (outcome.status === "rejected") log((outcome.reason as Error).message);
}

function refuseWhatIsMissing({ servers, env, cacheDir }: StackOptions): void {
  const describe = (name: string, { program, advice }: Prerequisite) => `${name} needs ${program}: ${advice}`;
  const sentences = Object.entries(servers).flatMap(([name, server]) =>
    server.missing(env, cacheDir).map((missing) => describe(name, missing)),
  );
  if (sentences.length > 0) throw new Error([...sentences, "--only starts a part of the stack"].join("\n"));
}
