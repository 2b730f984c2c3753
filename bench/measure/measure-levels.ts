import type { Floor } from "../floor/floor.ts";
import { chooseSkus } from "../load/choose-skus.ts";
import { closedLoop } from "../load/closed-loop.ts";
import { ShopClient } from "../load/shop-client.ts";
import type { Level, Plan } from "../options.ts";
import type { ShopProcess } from "../shop/shop-process.ts";
import { type Figures, figuresOf, type Reading, readOwnAndMachine } from "./figures.ts";
import { postgresCpuMs } from "./postgres-cpu.ts";

const FIRST_WARM_UP_MS = 6_000;

interface Measuring {
  plan: Plan;
  postgresPid: number;
  say: (line: string) => void;
}

/** Places orders through HTTP, level by level. @param url where the shop listens */
export async function measureShop({
  url,
  shop,
  ...measuring
}: Measuring & { url: string; shop: ShopProcess }): Promise<Figures[]> {
  const { plan, postgresPid } = measuring;
  const client = new ShopClient(url, Math.max(...plan.levels.map(({ clients }) => clients)));
  const skus = await client.stockUp();
  const read = async (): Promise<Reading> => {
    const { cpuMs, statements } = await shop.counters();
    return { nodeMs: cpuMs, statements, postgresMs: postgresCpuMs(postgresPid), ...readOwnAndMachine() };
  };
  const figures = await measureLevels("shop", measuring, read, async ({ oneSku }) => {
    // Anew for each level: a token does not live as long as a long run.
    const token = await client.signIn();
    return (number) => client.placeOrder(token, chooseSkus(skus, number, oneSku));
  });
  client.close();
  return figures;
}

/** Writes the rows of orders without the shop, level by level. */
export async function measureFloor({ floor, ...measuring }: Measuring & { floor: Floor }): Promise<Figures[]> {
  const skus = await floor.stockUp();
  const read = async (): Promise<Reading> => {
    const { loadMs, machineMs } = readOwnAndMachine();
    // Who writes the rows is also who asks for them.
    const own = { nodeMs: loadMs, loadMs: 0, machineMs };
    return { ...own, statements: floor.statements, postgresMs: postgresCpuMs(measuring.postgresPid) };
  };
  return measureLevels("floor", measuring, read, async ({ oneSku }) => {
    return (number) => floor.writeOrder(chooseSkus(skus, number, oneSku));
  });
}

async function measureLevels(
  what: string,
  { plan, say }: Measuring,
  read: () => Promise<Reading>,
  requests: (level: Level) => Promise<(number: number) => Promise<void>>,
): Promise<Figures[]> {
  const all: Figures[] = [];
  // Cold code costs several times as much; the first levels are the slowest and would measure little else.
  const most = plan.levels.at(-1)!;
  const unmeasured = { clients: most.clients, warmUpMs: 0, measureMs: FIRST_WARM_UP_MS };
  await closedLoop(unmeasured, await requests(most), read);
  for (const level of plan.levels) {
    const { clients, oneSku } = level;
    const request = await requests(level);
    const loop = { clients, warmUpMs: plan.warmUpMs, measureMs: plan.seconds * 1_000 };
    const figures = figuresOf(level, await closedLoop(loop, request, read));
    all.push(figures);
    const rate = figures.ordersPerSecond.toFixed(0);
    say(`${what}, clients: ${clients}${oneSku ? ", one SKU" : ""}: ${rate} orders/s`);
    if (figures.errors > 0) say(`  ${figures.errors} failed, the first: ${figures.firstError}`);
  }
  return all;
}
