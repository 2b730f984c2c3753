// What Prometheus is told of this process: how the events of its services flow, read when it asks and at no other time, and
// the process's own figures. A database that does not answer costs its service's figures, never the scrape.
import { setTimeout as pause } from "node:timers/promises";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Flow } from "../contract/bridge-actions.ts";
import type { Bridge } from "../events/bridge.ts";
import { securityFigures } from "../mixins/tell-security.ts";
import { limitFigures } from "../services/gateway/limits/limit-figures.ts";

export type FlowSource = Pick<Bridge, "services" | "flowOf" | "groupsOf">;

export interface Metrics {
  contentType: string;
  /** Prometheus's text format. Whoever asks while it is being read gets the same reading. */
  read(): Promise<string>;
}

const READ_WITHIN_MS = 2_000;

/** @param source the event bridge; undefined as long as the process has none */
export function processMetrics(source: () => FlowSource | undefined, withinMs = READ_WITHIN_MS): Metrics {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  const open = new Map<string, Promise<Flow>>();
  let reading: Promise<string> | undefined;

  /** Undefined when it does not come in time. A question that is still open is not asked again: nothing piles up. */
  async function flowOf(bridge: FlowSource, service: string): Promise<Flow | undefined> {
    const question = open.get(service) ?? bridge.flowOf(service).finally(() => open.delete(service));
    open.set(service, question);
    const late = new AbortController();
    try {
      return await Promise.race([question, pause(withinMs, undefined, { signal: late.signal })]);
    } catch {
      return undefined;
    } finally {
      late.abort();
    }
  }

  async function take(): Promise<string> {
    const bridge = source();
    const ofFlow = new Registry();
    const gauges = flowGauges(ofFlow);
    const services = bridge?.services ?? [];
    const flows = await Promise.all(services.map((service) => flowOf(bridge as FlowSource, service)));
    flows.forEach((flow, i) => {
      const service = services[i] as string;
      gauges.unreadable.set({ service }, flow === undefined ? 1 : 0);
      if (flow !== undefined) showFlow(gauges, flow, (bridge as FlowSource).groupsOf(service));
    });
    return `${await ofFlow.metrics()}\n${await securityFigures.metrics()}\n${await limitFigures.metrics()}\n${await ofProcess.metrics()}`;
  }

  return {
    contentType: ofProcess.contentType,
    read() {
      reading ??= take().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

const SERVICE = ["service"] as const;
const GROUP = ["service", "group"] as const;
type Gauges = ReturnType<typeof flowGauges>;

// Made anew for each reading, so that what is gone leaves no figure behind.
function flowGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, labelNames: readonly Label[], help: string) =>
    new Gauge<Label>({ name: `commerce_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  return {
    unsent: gauge("outbox_unsent_events", SERVICE, "Events in the outbox that are not published yet"),
    oldest: gauge("outbox_oldest_seconds", SERVICE, "Age of the oldest event that is not published yet"),
    lag: gauge("consumer_lag_events", GROUP, "Events published and not consumed yet"),
    up: gauge("consumer_up", GROUP, "1 while this process consumes as the group"),
    parked: gauge("dead_letters", GROUP, "Events that the group gave up on, waiting for an operator"),
    unreadable: gauge("flow_unreadable", SERVICE, "1 when the service's database did not answer in time"),
  };
}

/** @param here the groups that this process consumes as; others have parked events at most */
function showFlow(
  gauges: Gauges,
  { service, unsent, oldestSeconds, groups }: Flow,
  here: ReadonlyMap<string, unknown>,
) {
  gauges.unsent.set({ service }, unsent);
  gauges.oldest.set({ service }, oldestSeconds);
  for (const { group, parked, lag, consuming } of groups) {
    gauges.parked.set({ service, group }, parked);
    if (!here.has(group)) continue;
    gauges.up.set({ service, group }, consuming ? 1 : 0);
    // While the log cannot be asked the lag is not 0 but unknown.
    if (consuming || lag > 0) gauges.lag.set({ service, group }, lag);
  }
}
