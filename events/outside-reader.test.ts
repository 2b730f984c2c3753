// kcat knows nothing of us: what it reads and writes holds for every other client.
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { findProgram } from "../stack/find-program.ts";
import { KAFKA_BROKERS, stackSetting, warnWithoutStack } from "../tests/support/stack.ts";
import { until } from "../tests/support/until.ts";
import { openRig, type Rig } from "./testing/bridge-rig.ts";

const KCAT = stackSetting("KCAT") ?? findProgram("kcat", process.env);

warnWithoutStack();
if (KCAT === undefined) {
  process.stderr.write("\n*** No kcat: the outside reader is LEFT OUT. `apt-get install kcat` brings it. ***\n\n");
}

interface Read {
  key: string;
  partition: number;
  payload: string;
  headers: Record<string, string>;
}

const SKUS = ["mug", "teapot", "lantern", "apron", "towel"];

(KCAT === undefined || KAFKA_BROKERS === undefined ? describe.skip : describe)("an outside client", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig("kafka");
  });
  afterEach(() => rig.close());

  const kcat = (args: string[], input = "") =>
    execFileSync(KCAT as string, ["-b", KAFKA_BROKERS as string, "-t", rig.topic, ...args], {
      input,
      encoding: "utf8",
    });

  function readAll(): Read[] {
    const lines = kcat(["-C", "-e", "-q", "-o", "beginning", "-J"]).split("\n").filter(Boolean);
    return lines.map((line) => {
      const { headers, ...rest } = JSON.parse(line) as Omit<Read, "headers"> & { headers: string[] };
      const pairs = headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : []));
      return { ...rest, headers: Object.fromEntries(pairs) };
    });
  }

  test("finds every event under its aggregate, in order, as a complete CloudEvent", async () => {
    await rig.node();
    for (let i = 0; i < 20; i++) await rig.sell(...SKUS);
    await rig.published();
    const recorded = await rig.source.query<{ event_id: string; aggregate_id: string; aggregate_version: number }>({
      name: "test_recorded",
      text: "select event_id, aggregate_id, aggregate_version from outbox order by id",
    });

    const read = readAll();

    for (const sku of SKUS) {
      const own = read.filter(({ key }) => key === sku);
      const ids = recorded.filter(({ aggregate_id }) => aggregate_id === sku).map(({ event_id }) => event_id);
      expect([...new Set(own.map(({ headers }) => headers.ce_id))]).toEqual(ids);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
    }
    expect(read[0]?.headers).toEqual({
      ce_specversion: "1.0",
      ce_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ce_source: "/commerce/shop",
      ce_type: "shop.sold",
      ce_subject: read[0]?.key,
      ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      ce_dataschema: "/asyncapi.json#/components/schemas/shop.sold",
      ce_aggregateversion: "1",
      "content-type": "application/json",
    });
    expect(JSON.parse(read[0]?.payload as string)).toEqual({ amount: 1 });
  });

  test("may write a header without a value, which is parked like any other nonsense", async () => {
    await rig.node();
    await rig.sell("mug");
    await rig.applied(1);

    kcat(["-P", "-p", "0", "-H", "ce_specversion=1.0", "-H", "ce_id", "-H", "ce_type=shop.sold"], "plain words");

    const [letter] = await until("parked", async () => {
      const parked = await rig.parked();
      return parked.length > 0 && parked;
    });
    expect(letter?.error).toBe("the header ce_id is no UUID");
  });

  test("may write compressed in a way that we cannot read, and stops nobody", async () => {
    await rig.node();
    await rig.sell("mug");
    await rig.applied(1);

    for (const codec of ["snappy", "lz4", "zstd"]) kcat(["-P", "-z", codec, "-p", "0"], "plain words".repeat(100));
    for (let i = 0; i < 3; i++) await rig.sell(...SKUS);

    await rig.applied(16);
    expect((await rig.parked()).length).toBeGreaterThan(0);
  });
});
