// `npm run bench`: confirmed orders through HTTP at several numbers of clients, beside a floor: the same rows in the same
// Postgres without the shop. The shop runs in a process of its own, so that its CPU is its alone; this one makes the load.
import { exitWithParent } from "../runtime/exit-with-parent.ts";
import { Floor } from "./floor/floor.ts";
import { describeMachine } from "./machine.ts";
import { measureFloor, measureShop } from "./measure/measure-levels.ts";
import { readOptions } from "./options.ts";
import { reportJson, reportText } from "./report.ts";
import { ShopProcess } from "./shop/shop-process.ts";

/** On top of what the levels themselves take: start, stock, stop. */
const MARGIN_MS = 120_000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const { json, profile, ...plan } = readOptions(process.argv.slice(2));
const shop = new ShopProcess({ profile });
let ending: Promise<never> | undefined;

function end(code: number, why?: string): Promise<never> {
  ending ??= (async () => {
    if (why !== undefined) say(why);
    await shop.stop();
    process.exit(code);
  })();
  return ending;
}

async function bench(): Promise<number> {
  say("starting a shop of its own, with its own Postgres ...");
  const { url, postgresPid, floorUrls } = await shop.ready;
  const shopLevels = await measureShop({ plan, url, postgresPid, shop, say });
  // The floor has the machine to itself: nothing of the shop sweeps or relays beside it.
  await shop.close();
  const floor = new Floor(floorUrls);
  const machine = describeMachine(await floor.readServer());
  const floorLevels = await measureFloor({ plan, floor, postgresPid, say });
  await floor.close();

  const report = { machine, plan, levels: shopLevels.map((level, i) => ({ shop: level, floor: floorLevels[i]! })) };
  console.log(reportText(report));
  if (json) console.log(reportJson(report));
  return [...shopLevels, ...floorLevels].some((level) => level.errors > 0 || level.orders === 0) ? 1 : 0;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(130));
exitWithParent(() => void end(130));
const planned = 2 * plan.levels.length * (plan.warmUpMs + plan.seconds * 1_000);
setTimeout(() => void end(1, "the bench took far longer than planned"), planned + MARGIN_MS).unref();
bench().then(
  (code) => end(code),
  (error: Error) => end(1, error.message),
);
