// What the figures mean: the shop against the floor, and against what it should cost.
import type { Figures } from "./measure/figures.ts";

/** Milliseconds of the shop's CPU that an order should cost at the most clients. */
const NODE_MS_AIM = 0.5;
/** A processor is as good as full from here on. */
const FULL = 0.9;
/** Cores that others may use before the figures say little. */
const NOISE = 0.25;

/** One sentence per level; one that falls short says what limits it. @param cores of the machine */
export function verdicts(levels: readonly { shop: Figures; floor: Figures }[], cores: number): string[] {
  const most = Math.max(...levels.map(({ shop }) => shop.clients));
  const sentences = levels.map(({ shop, floor }) => {
    const name = `${shop.clients} clients${shop.oneSku ? ", one SKU" : ""}`;
    const times = shop.ordersPerSecond / floor.ordersPerSecond;
    if (times < 1) return `${name}: ${times.toFixed(2)} of the floor; limited by ${limitOf(shop, cores)}.`;
    const shared = shop.statements < floor.statements / 2;
    return `${name}: ${times.toFixed(2)} times the floor${shared ? ": gathered orders share their transactions, which the floor's do not" : ""}.`;
  });
  const top = levels.find(({ shop }) => shop.clients === most && !shop.oneSku);
  return [...sentences, ...(top === undefined ? [] : [costOf(top.shop)]), ...noiseIn(levels)];
}

function costOf({ clients, nodeMs }: Figures): string {
  const outcome = nodeMs <= NODE_MS_AIM ? "reached" : "missed";
  return `Node CPU per order at ${clients} clients: ${nodeMs.toFixed(2)} ms; aim ${NODE_MS_AIM} ms ${outcome}.`;
}

function noiseIn(levels: readonly { shop: Figures; floor: Figures }[]): string[] {
  const others = Math.max(...levels.flatMap(({ shop, floor }) => [shop, floor]).map(({ busy }) => othersOf(busy) ?? 0));
  return others > NOISE
    ? [`Other programs kept up to ${others.toFixed(2)} cores busy: these are not the figures of a quiet machine.`]
    : [];
}

/** Cores kept busy by programs that are no part of the measurement; undefined where Postgres' share is not known. */
export function othersOf({ node, postgres, load, machine }: Figures["busy"]): number | undefined {
  return postgres === undefined ? undefined : Math.max(0, machine - node - postgres - load);
}

/** What kept a level from being faster, as far as processors tell. */
export function limitOf({ busy, clients }: Pick<Figures, "busy" | "clients">, cores: number): string {
  const shares = Object.entries({ shop: busy.node, Postgres: busy.postgres, load: busy.load, others: othersOf(busy) })
    .filter(([, share]) => share !== undefined)
    .map(([name, share]) => `${name} ${share?.toFixed(2)}`);
  if (busy.node >= FULL) return "the shop's one JavaScript thread";
  if (busy.machine >= FULL * cores) return `the machine's ${cores} cores, all busy (${shares.join(", ")})`;
  return clients === 1
    ? "the way of one order: its steps, and the disk, one after the other"
    : "waiting: for durable commits, and for the batches before";
}
