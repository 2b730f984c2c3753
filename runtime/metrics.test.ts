import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { shut } from "../events/testing/bridge-rig.ts";
import { countRefusal, limitFigures } from "../services/gateway/limits/limit-figures.ts";
import { openParkingShop, type ParkingShop } from "../services/operations/testing/parking-shop.ts";
import { until } from "../tests/support/until.ts";
import { type FlowSource, type Metrics, processMetrics } from "./metrics.ts";
import { type OperatorServer, openOperatorServer } from "./operator-server.ts";

// `Nan` is prom-client's spelling, which Prometheus reads as well.
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{\w+="[^"\\\n]*"(?:,\w+="[^"\\\n]*")*\})? (Nan|[+-]Inf|-?[\d.]+(?:e[+-]?\d+)?)$/;

/** Series -> value, as a scraper reads them. @throws Error at what is not Prometheus's text format */
function parse(text: string): Map<string, number> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const found = new Map<string, number>();
  const types = new Set<string>();
  for (const line of text.split("\n")) {
    const declared = /^# TYPE (\S+) (?:gauge|counter|histogram|summary)$/.exec(line)?.[1];
    if (declared !== undefined && types.has(declared)) throw new Error(`${declared} comes twice`);
    if (declared !== undefined) types.add(declared);
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", labels = "", value] = SAMPLE.exec(line) ?? [];
    if (!types.has(name.replace(/_(?:bucket|sum|count)$/, "")) && !types.has(name)) throw new Error(`odd: ${line}`);
    found.set(`${name}${labels}`, Number(value));
  }
  return found;
}
const read = async (metrics: Metrics) => parse(await metrics.read());
const flowsIn = (figures: Map<string, number>) =>
  Object.fromEntries([...figures].filter(([series]) => /^commerce_(?:outbox|consumer|dead|flow)_/.test(series)));

describe("of a shop on real databases", () => {
  let shop: ParkingShop;
  let server: OperatorServer;
  beforeEach(async () => {
    shop = await openParkingShop();
    const metrics = processMetrics(() => shop.bridge);
    server = await openOperatorServer({
      host: "127.0.0.1",
      port: 0,
      chosen: true,
      token: undefined,
      metrics,
      missing: () => [],
    });
  });
  afterEach(async () => {
    await server.close();
    await shop.close();
  });
  const scrape = async () => parse(await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text());

  test("a scrape shows parked events, an empty outbox and who consumes, beside the process's own figures", async () => {
    shop.fault = "no such day";
    await shop.confirm(3);

    const figures = await scrape();

    const group = '{service="reports",group="reports-test"}';
    expect(flowsIn(figures)).toMatchObject({
      'commerce_outbox_unsent_events{service="orders"}': 0,
      'commerce_outbox_oldest_seconds{service="orders"}': 0,
      [`commerce_dead_letters${group}`]: 3,
      [`commerce_consumer_lag_events${group}`]: 0,
      [`commerce_consumer_up${group}`]: 1,
      'commerce_flow_unreadable{service="reports"}': 0,
    });
    expect(figures.get("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect(figures.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
  });

  test("a consumer whose database is away is left out and counted, and what waits for it shows", async () => {
    const open = await shut(shop.databases.reports);
    const confirmed = shop.confirm(2);

    const figures = await until("the events wait", async () => {
      const found = await scrape();
      return found.get('commerce_outbox_unsent_events{service="orders"}') === 2 && found;
    });

    expect(figures.get('commerce_outbox_oldest_seconds{service="orders"}')).toBeGreaterThan(0);
    expect(figures.get('commerce_flow_unreadable{service="reports"}')).toBe(1);
    expect(figures.has('commerce_outbox_unsent_events{service="reports"}')).toBe(false);
    expect(figures.get('commerce_flow_unreadable{service="orders"}')).toBe(0);
    await open();
    await confirmed;
    await until(
      "it is read again",
      async () => (await scrape()).get('commerce_flow_unreadable{service="reports"}') === 0,
    );
  });
});

describe("of a bridge that answers as it is told", () => {
  const flow = (service: string, groups: Awaited<ReturnType<FlowSource["flowOf"]>>["groups"] = []) => ({
    service,
    unsent: 4,
    oldestSeconds: 1.5,
    groups,
  });
  const source = (flowOf: FlowSource["flowOf"], groups: string[] = []): FlowSource => ({
    services: ["orders", "reports"],
    flowOf,
    groupsOf: () => new Map(groups.map((name) => [name, {}])) as unknown as ReturnType<FlowSource["groupsOf"]>,
  });

  test("before there is a bridge the process's own figures come alone", async () => {
    const figures = await read(processMetrics(() => undefined));

    expect(flowsIn(figures)).toEqual({});
    expect(figures.has("process_cpu_seconds_total")).toBe(true);
  });

  test("scrapes at the same time are one reading, a later one is another", async () => {
    const asked: string[] = [];
    const bridge = source(async (service) => {
      asked.push(service);
      return flow(service);
    });
    const metrics = processMetrics(() => bridge);

    const texts = await Promise.all([metrics.read(), metrics.read(), metrics.read()]);

    expect(new Set(texts).size).toBe(1);
    expect(asked).toEqual(["orders", "reports"]);
    await metrics.read();
    expect(asked).toEqual(["orders", "reports", "orders", "reports"]);
  });

  test("who does not answer in time is left out, is not asked again meanwhile, and comes back", async () => {
    let asked = 0;
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const bridge = source(async (service) => {
      if (service === "reports" && asked++ === 0) await answered;
      return flow(service);
    });
    const metrics = processMetrics(() => bridge, 20);

    const [first, second] = [await read(metrics), await read(metrics)];

    expect(asked).toBe(1);
    for (const figures of [first, second]) {
      expect(flowsIn(figures)).toEqual({
        'commerce_outbox_unsent_events{service="orders"}': 4,
        'commerce_outbox_oldest_seconds{service="orders"}': 1.5,
        'commerce_flow_unreadable{service="orders"}': 0,
        'commerce_flow_unreadable{service="reports"}': 1,
      });
    }
    answer();
    const third = await until("it answers", async () => {
      const figures = await read(metrics);
      return figures.get('commerce_flow_unreadable{service="reports"}') === 0 && figures;
    });
    expect(third.get('commerce_outbox_unsent_events{service="reports"}')).toBe(4);
  });

  test("the lag of a group that cannot be asked is unknown, and a group of the past has parked events alone", async () => {
    const away = { lag: 0, consuming: false };
    const bridge = source(
      async (service) =>
        flow(
          service,
          service === "orders"
            ? []
            : [
                { group: "here", parked: 0, ...away },
                { group: "past", parked: 2, ...away },
              ],
        ),
      ["here"],
    );

    const figures = await read(processMetrics(() => bridge));

    expect([...figures].filter(([series]) => series.includes("group="))).toEqual([
      ['commerce_consumer_up{service="reports",group="here"}', 0],
      ['commerce_dead_letters{service="reports",group="here"}', 0],
      ['commerce_dead_letters{service="reports",group="past"}', 2],
    ]);
  });
});

test("refusals of rate limits are among them, by class of route", async () => {
  limitFigures.resetMetrics();
  countRefusal("checkout");

  const figures = await read(processMetrics(() => undefined));

  expect(figures.get('commerce_rate_limit_refusals_total{class="checkout"}')).toBe(1);
});
