// What the bridge takes from the orders: the same load on shops that differ in who delivers their events. All of them are
// up at once and warm, and take turns, so that a machine that grows slower or faster does so for each.
import { chooseSkus } from "../load/choose-skus.ts";
import { closedLoop } from "../load/closed-loop.ts";
import { ShopClient } from "../load/shop-client.ts";
import { type Figures, figuresOf, type Reading, readOwnAndMachine } from "../measure/figures.ts";
import { processCpuMs } from "../measure/flow-meter.ts";
import { postgresCpuMs } from "../measure/postgres-cpu.ts";
import { ShopProcess } from "../shop/shop-process.ts";
import { othersOf } from "../verdict.ts";
import type { BenchBroker } from "./bench-broker.ts";
import { type CatchUp, openCatchUp } from "./catch-up.ts";
import type { Options } from "./options.ts";

export const DELIVERIES = ["nobody", "local", "kafka"] as const;
export type Delivery = (typeof DELIVERIES)[number];

export interface Slice extends Figures {
  /** CPU of the broker per order, where the shop uses it and its process is known. */
  brokerMs: number | undefined;
  /** Cores kept busy by what has no part in it, the other shops among them; NaN where it cannot be known. */
  others: number;
  /** From the end of the load until every event had its effect; undefined where nobody delivers. */
  catchUpMs: number | undefined;
  /** Mails that waited then. */
  mailsLeft: number | undefined;
}
export type OrdersFigures = Record<Delivery, Slice[]>;

interface Measuring {
  options: Options;
  broker: BenchBroker;
  say: (line: string) => void;
  onStarted: (stop: () => Promise<unknown>) => void;
}

interface Shop {
  place(warmUpMs: number, measureMs: number): Promise<Slice>;
}

const FIRST_WARM_UP_MS = 6_000;
const WARM_UP_MS = 2_000;

export async function measureOrders({ options, broker, say, onStarted }: Measuring): Promise<OrdersFigures> {
  const shops = new Map<Delivery, Shop>();
  for (const delivery of DELIVERIES) {
    say(`starting a shop whose events are delivered by ${delivery} ...`);
    shops.set(delivery, await openShop(delivery, { options, broker, onStarted }));
  }
  // In turns as well: a broker that has just started compiles itself for a while, whoever is served meanwhile.
  for (let turn = 0; turn < 2; turn++) for (const shop of shops.values()) await shop.place(0, FIRST_WARM_UP_MS);

  const figures: OrdersFigures = { nobody: [], local: [], kafka: [] };
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < DELIVERIES.length; turn++) {
      // Each begins a round in its turn.
      const delivery = DELIVERIES[(round + turn) % DELIVERIES.length] as Delivery;
      const slice = await (shops.get(delivery) as Shop).place(WARM_UP_MS, options.seconds * 1_000);
      figures[delivery].push(slice);
      say(`${delivery}: ${slice.ordersPerSecond.toFixed(0)} orders/s`);
      if (slice.errors > 0) say(`  ${slice.errors} failed, the first: ${slice.firstError}`);
    }
  }
  return figures;
}

async function openShop(
  delivery: Delivery,
  { options, broker, onStarted }: Pick<Measuring, "options" | "broker" | "onStarted">,
): Promise<Shop> {
  const { profile, clients } = options;
  const shop = new ShopProcess({ profile, delivery: delivery === "kafka" ? broker.address : delivery });
  onStarted(() => shop.stop());
  const { url, postgresPid, shopUrls } = await shop.ready;
  const client = new ShopClient(url, clients);
  const skus = await client.stockUp();
  let catchUp: CatchUp | undefined;
  if (delivery !== "nobody") {
    catchUp = await openCatchUp(shopUrls);
    onStarted(catchUp.close);
  }
  let number = 0;

  const read = async (): Promise<Reading & { brokerMs: number | undefined }> => {
    const { cpuMs, statements } = await shop.counters();
    const servers = { postgresMs: postgresCpuMs(postgresPid), brokerMs: processCpuMs(broker.pid) };
    return { nodeMs: cpuMs, statements, ...servers, ...readOwnAndMachine() };
  };
  return {
    async place(warmUpMs, measureMs) {
      const token = await client.signIn();
      const order = () => client.placeOrder(token, chooseSkus(skus, number++, false));
      const outcome = await closedLoop({ clients, warmUpMs, measureMs }, order, read);
      const figures = figuresOf({ clients, oneSku: false }, outcome);
      const grown = (outcome.after.brokerMs ?? Number.NaN) - (outcome.before.brokerMs ?? Number.NaN);
      const others = (othersOf(figures.busy) ?? Number.NaN) - grown / 1_000 / outcome.seconds;
      const brokerMs = delivery === "kafka" && broker.pid !== undefined ? grown / figures.orders : undefined;
      const caughtUp = await catchUp?.wait();
      return { ...figures, brokerMs, others, catchUpMs: caughtUp?.ms, mailsLeft: caughtUp?.mailsLeft };
    },
  };
}
