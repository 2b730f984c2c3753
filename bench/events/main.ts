// `npm run bench:events`: how fast events leave an outbox and become effects, how long one takes when there is no other, and
// what all that costs the orders that are placed meanwhile.
import { exitWithParent } from "../../runtime/exit-with-parent.ts";
import { describeMachine } from "../machine.ts";
import { type BenchBroker, openBroker } from "./bench-broker.ts";
import { type DriverFigures, measureKafka, measureLocal } from "./measure-flow.ts";
import { measureOrders, type OrdersFigures } from "./measure-orders.ts";
import { type Options, readOptions } from "./options.ts";
import { reportJson, reportText } from "./report.ts";
import { openRig } from "./rig.ts";

const LATENCY_SAMPLES = 200;

const say = (line: string) => process.stderr.write(`${line}\n`);
const options = readOptions(process.argv.slice(2));
const undo: (() => Promise<unknown>)[] = [];
let ending: Promise<never> | undefined;

function end(code: number, why?: string): Promise<never> {
  ending ??= (async () => {
    if (why !== undefined) say(why);
    for (const step of undo.reverse()) await step().catch((error: Error) => say(error.message));
    process.exit(code);
  })();
  return ending;
}

async function bench({ parts, kafka, json }: Options): Promise<void> {
  const broker = await openBroker(kafka, say);
  undo.push(broker.stop);
  const rig = await openRig(broker.address);
  undo.push(rig.close);
  const machine = await rig.readServer().then(describeMachine);
  const flow = parts.includes("flow") ? await measureFlow(rig, broker) : undefined;
  await undo.pop()?.();
  await broker.clear();
  const orders = parts.includes("orders") ? await measureOrdersOf(broker) : undefined;
  const report = { machine, options, flow, orders };
  console.log(reportText(report));
  if (json) console.log(reportJson(report));
}

async function measureFlow(
  rig: Awaited<ReturnType<typeof openRig>>,
  { pid: brokerPid }: BenchBroker,
): Promise<{ kafka: DriverFigures; local: DriverFigures }> {
  const servers = { postgresPid: rig.postgresPid, brokerPid };
  const measuring = { rig, servers, events: options.events, samples: LATENCY_SAMPLES, say };
  const kafka = await measureKafka(measuring);
  return { kafka, local: await measureLocal(measuring) };
}

function measureOrdersOf(broker: BenchBroker): Promise<OrdersFigures> {
  return measureOrders({ options, broker, say, onStarted: (stop) => undo.push(stop) });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(130));
exitWithParent(() => void end(130));
bench(options).then(
  () => end(0),
  (error: Error) => end(1, error.stack),
);
