// Lets a process die at one point after another, starts it again each time, and counts what became of the events.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../../tests/support/until.ts";
import { rewindGroup } from "../rewind.ts";
import { openRig, type Rig } from "./bridge-rig.ts";
import { committedIn, countOutcome, drained, type Outcome } from "./crash-count.ts";
import { type Crash, type CrashPoint, POISON } from "./crash-points.ts";
import type { Order, Start } from "./crash-process.ts";
import { type DriverName, groupIn } from "./rig-node.ts";

const PROCESS = fileURLToPath(new URL("./crash-process.ts", import.meta.url));
const SKUS = Array.from({ length: 10 }, (_, i) => `sku-${i}`);
const DIES_WITHIN_MS = 15_000;
const HITS: Partial<Record<CrashPoint, number>> = { "consumer: in the middle of a rewind's catch-up": 2 };
const SALES: Partial<Record<CrashPoint, NonNullable<Order["sell"]>>> = {
  "consumer: parked, not yet acknowledged": { aggregates: [...SKUS.slice(0, 5), POISON, ...SKUS.slice(5)], times: 6 },
};

export interface CrashRun {
  outcomes: ReadonlyMap<CrashPoint, Promise<Outcome>>;
  /** Resolves when all is put away, whatever came out. */
  over: Promise<void>;
}

/** Runs the points one after the other in one shop. A point that is never reached fails, and those after it with it. */
export function crashAtEach(driver: DriverName, points: readonly CrashPoint[]): CrashRun {
  const pending = new Map(points.map((point) => [point, Promise.withResolvers<Outcome>()]));
  const running = inShop(driver, async (shop) => {
    for (const [point, { resolve }] of pending) resolve(await shop.crash(point));
  });
  for (const { promise, reject } of pending.values()) {
    promise.catch(() => {});
    running.catch(reject);
  }
  const outcomes = new Map([...pending].map(([point, { promise }]) => [point, promise]));
  return { outcomes, over: running.catch(() => {}) };
}

async function inShop(
  driver: DriverName,
  work: (shop: { crash(point: CrashPoint): Promise<Outcome> }) => Promise<void>,
): Promise<void> {
  // The shortest time that a broker allows: the partitions of the dead stand still for so long.
  const rig = await openRig(driver, { sessionTimeoutMs: 6_000 });
  const folder = mkdtempSync(join(tmpdir(), "crash-"));
  const start: Start = { place: rig.place, seenFile: join(folder, "seen") };
  let child = await startProcess(start);

  async function crash(point: CrashPoint): Promise<Outcome> {
    const rewinds = point === "consumer: in the middle of a rewind's catch-up";
    const hit = HITS[point] ?? 3;
    if (rewinds)
      await deliver(rig, child, { aggregates: Array.from({ length: 100 }, (_, i) => `old-${i}`), times: 12 });
    const before = rewinds ? 0 : await committedIn(rig);
    writeFileSync(start.seenFile, "");
    await die(rig, child, {
      crash: { point, hit },
      sell: rewinds ? undefined : (SALES[point] ?? { aggregates: SKUS, times: 1_000 }),
    });
    const dead = child.pid as number;
    child = await startProcess(start);
    await drained(rig);
    // What lies behind a further event of each aggregate has been delivered when that is.
    await deliver(rig, child, { aggregates: SKUS, times: 1 });
    return countOutcome(rig, { before, dead, seenFile: start.seenFile });
  }

  try {
    await work({ crash });
    child.send({ stop: true } satisfies Order);
    await once(child, "exit");
  } finally {
    child.kill("SIGKILL");
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startProcess(start: Start): Promise<ChildProcess> {
  const child = fork(PROCESS, [JSON.stringify(start)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [said] = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (said !== "up") throw new Error(`the process did not start: ${said}`);
  return child;
}

async function die(
  rig: Rig,
  child: ChildProcess,
  { crash, sell }: { crash: Crash; sell: Order["sell"] },
): Promise<void> {
  const exited = once(child, "exit", { signal: AbortSignal.timeout(DIES_WITHIN_MS) });
  child.send(sell === undefined ? { crash } : ({ crash, sell } satisfies Order));
  if (sell === undefined) {
    await rewindGroup(rig.sink, groupIn(rig.place, "till"), async (tx) => {
      tx.send({ name: "test_clear", text: "delete from effects where consumer = 'till'" });
    });
  }
  const [, signal] = await exited.catch(() => {
    throw new Error(`it never reached "${crash.point}" for the ${crash.hit}. time`);
  });
  if (signal !== "SIGKILL") throw new Error(`it ended otherwise than by a crash: ${signal}`);
}

async function deliver(rig: Rig, child: ChildProcess, sell: NonNullable<Order["sell"]>): Promise<void> {
  const wanted = (await committedIn(rig)) + sell.aggregates.length * sell.times;
  child.send({ sell } satisfies Order);
  await until("it has sold", async () => (await committedIn(rig)) === wanted);
  await drained(rig);
}
