// A Redis that freezes with packets on their way to it, dies, and stays away until a client that counts its attempts has
// given them up; then it comes back.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type OwnRedis, ownRedis } from "../../tests/support/own-redis.ts";
import { until } from "../../tests/support/until.ts";
import type { Told } from "./answering-process.ts";
import { redisNode } from "./redis-node.ts";

const PROCESS = join(import.meta.dirname, "answering-process.ts");
/** Redis's client gives up what it could not send after 20 attempts, if nobody tells it otherwise; a node has two clients. */
const ATTEMPTS = 2 * 21;

export interface Outage {
  pid: number;
  /** The process that answered a call when Redis was back. */
  answeredBy: number;
}

/** @throws Error when the process ended meanwhile, with what it wrote */
export async function longOutage(): Promise<Outage> {
  const redis = await ownRedis();
  await redis.start();
  const child = fork(PROCESS, [redis.url], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const exited = once(child, "exit");
  const happens = eventsOf(child);
  const asking = await redisNode({ id: "asking", url: redis.url });
  const pidOf = () => asking.call<number, object>("process.pid", {}).catch(() => undefined);
  try {
    await until("the process answers", pidOf, 20_000);

    redis.freeze();
    // The first may have been told of late, and been acknowledged.
    await killAfter(redis, () => happens("packet", 2));
    await happens("connection", ATTEMPTS, 30_000);
    // Waited for to its end, so that nothing of it is left when the node stops.
    const back = asking.localBus.waitFor("$transporter.connected");
    await redis.start();
    await back;

    return { pid: child.pid as number, answeredBy: await until("the process answers again", pidOf) };
  } finally {
    child.kill("SIGKILL");
    await exited;
    await asking.stop();
    await redis.remove();
  }
}

async function killAfter(redis: OwnRedis, wait: () => Promise<unknown>): Promise<void> {
  try {
    await wait();
  } finally {
    await redis.kill();
  }
}

/** Waits until the process has told of something so many times from now on. */
function eventsOf(child: ChildProcess): (what: Told, times: number, withinMs?: number) => Promise<unknown> {
  const counts: Record<Told, number> = { packet: 0, connection: 0 };
  let stderr = "";
  child.on("message", (what: Told) => counts[what]++);
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  return (what, times, withinMs) => {
    const before = counts[what];
    return until(
      `${times} times ${what}`,
      () => {
        if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}: ${stderr}`);
        return counts[what] >= before + times;
      },
      withinMs,
    );
  };
}
