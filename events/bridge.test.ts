// What the bridge promises, over both drivers: the same suite, so that a shop without Kafka may rely on the same things.
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Context, ServiceBroker } from "moleculer";
import { warnWithoutStack } from "../tests/support/stack.ts";
import { until } from "../tests/support/until.ts";
import { caughtUp } from "./caught-up.ts";
import { writeOutbox } from "./outbox/write-outbox.ts";
import { rewindGroup } from "./rewind.ts";
import { DRIVERS, type Effect, openRig, type Rig, shut } from "./testing/bridge-rig.ts";
import { groupIn } from "./testing/rig-node.ts";

warnWithoutStack();

const versionsOf = (effects: readonly Effect[], aggregate: string) =>
  effects.filter((effect) => effect.aggregate === aggregate).map(({ version }) => version);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe.each(DRIVERS)("over the %s driver", (driver) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig(driver);
  });
  afterEach(() => rig.close());

  test("an event that was recorded is applied", async () => {
    await rig.node();

    await rig.sell("mug");

    expect(await rig.applied(1)).toEqual([{ group: "till", aggregate: "mug", version: 1 }]);
    await rig.published();
  });

  test("the events of an aggregate are applied in their order, and each once", async () => {
    await rig.node();
    const aggregates = ["mug", "teapot", "lantern", "apron", "towel"];

    for (let i = 0; i < 60; i++) await rig.sell(...aggregates);

    const effects = await rig.applied(300);
    for (const aggregate of aggregates) expect(versionsOf(effects, aggregate)).toEqual(upTo(60));
  });

  test("a backlog is applied in few transactions", async () => {
    for (let i = 0; i < 40; i++) await rig.sell(...Array.from({ length: 50 }, (_, j) => `sku-${j}`));
    const before = await transactions();

    await rig.node({ before: () => void calls++ });
    let calls = 0;

    await rig.applied(2_000);
    await rig.published();
    expect(calls).toBeLessThan(2_000 / 10);
    expect((await transactions()) - before).toBeLessThan(2_000 / 2);
  });
  const transactions = async () => {
    const [row] = await rig.sink.query<{ commits: string }>({
      name: "test_commits",
      text: "select xact_commit as commits from pg_stat_database where datname = current_database()",
    });
    return Number(row?.commits);
  };

  test("an event that comes again has no further effect", async () => {
    await rig.node();
    await rig.sell("mug", "teapot");
    await rig.applied(2);
    await rig.published();

    await rig.source.query({ name: "test_unpublish", text: "update outbox set published_at = null" });
    await rig.sell("mug");

    const effects = await rig.applied(3);
    await rig.published();
    expect(versionsOf(effects, "mug")).toEqual([1, 2]);
    expect(await rig.effects()).toHaveLength(3);
  });

  test("one that fails is tried again, parked after its attempts, and those around it are applied once", async () => {
    const tried: number[] = [];
    await rig.node({
      before(_tx, events) {
        if (events.length === 1 && events[0]?.aggregateId === "poison") tried.push(performance.now());
        if (events.some(({ aggregateId }) => aggregateId === "poison")) throw new Error("cannot be applied");
      },
    });

    await rig.sell("mug", "poison", "teapot", "mug");

    const effects = await rig.applied(3);
    await rig.published();
    expect(versionsOf(effects, "mug")).toEqual([1, 2]);
    expect(await rig.effects()).toHaveLength(3);
    expect(await rig.parked()).toMatchObject([
      { attempts: 3, error: "cannot be applied", event: { type: "shop.sold", subject: "poison", data: { amount: 1 } } },
    ]);
    // Half of each pause is certain: 5 ms after the first attempt, 10 after the second.
    expect(tried).toHaveLength(3);
    expect((tried[2] as number) - (tried[0] as number)).toBeGreaterThanOrEqual(2.5 + 5);
  });

  const THROWN: [string, Error][] = [
    ["TypeError", new TypeError("x is not a function")],
    ["RangeError", new RangeError("out of range")],
    ["SyntaxError", new SyntaxError("unexpected token")],
    ["ReferenceError", new ReferenceError("x is not defined")],
    ["retriable KafkaJSError", Object.assign(new Error("again"), { retriable: true, name: "KafkaJSError" })],
  ];
  test.each(THROWN)("a handler that throws a %s stops nothing", async (_name, thrown) => {
    await rig.node({
      before(_tx, events) {
        if (events.some(({ aggregateId }) => aggregateId === "poison")) throw thrown;
      },
    });

    await rig.sell("poison");
    await rig.sell("mug");

    expect(await rig.applied(1)).toMatchObject([{ aggregate: "mug" }]);
    await rig.published();
    expect(await rig.parked()).toMatchObject([{ attempts: 3, error: thrown.message }]);
  });

  test("what fails once and then not is applied, with what came behind it in order", async () => {
    let failures = 1;
    await rig.node({
      before(_tx, events) {
        if (events[0]?.aggregateId === "mug" && failures-- > 0) throw new Error("not now");
      },
    });

    await rig.sell("mug");
    await rig.sell("mug");

    expect(versionsOf(await rig.applied(2), "mug")).toEqual([1, 2]);
    expect(await rig.parked()).toEqual([]);
  });

  test("data that does not fit the contract is parked at once, without asking the handler", async () => {
    await rig.node();

    await rig.source.query({
      name: "test_misfit",
      text: `insert into outbox (event_id, type, aggregate_id, aggregate_version, data, occurred_at)
        values (gen_random_uuid(), 'shop.sold', 'mug', 1, '{"amount": "two"}', now())`,
    });
    await rig.sell("teapot");

    expect(await rig.applied(1)).toMatchObject([{ aggregate: "teapot" }]);
    await rig.published();
    expect(await rig.parked()).toMatchObject([{ attempts: 1, error: "/amount must be number" }]);
  });

  test("a database that is away costs no attempt: everything is applied when it is back", async () => {
    const node = await rig.node({ backoff: { attempts: 1 } });
    await rig.sell("mug");
    await rig.applied(1);

    const open = await shut(rig.sinkDatabase);
    await rig.sell("mug", "teapot");
    await until("the consumer noticed", async () => (await rig.applied(1).catch(() => "away")) === "away");
    await open();

    const effects = await rig.applied(3);
    expect(versionsOf(effects, "mug")).toEqual([1, 2]);
    await rig.published();
    expect(await node.call("till.deadLetters.list", { limit: 100 })).toEqual([]);
  });

  test("an outbox whose database is away is relayed on when it is back", async () => {
    await rig.node();
    await rig.sell("mug");
    await rig.applied(1);

    await rig.source.query({
      name: "test_cut",
      text: `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    });
    await rig.sell("mug");

    expect(versionsOf(await rig.applied(2), "mug")).toEqual([1, 2]);
  });

  test("a parked event is applied by a replay, once, and leaves the list", async () => {
    let broken = true;
    const node = await rig.node({
      before: () => {
        if (broken) throw new Error("not yet");
      },
    });
    await rig.sell("mug");
    const [letter] = await until("parked", async () => {
      const parked = await rig.parked();
      return parked.length > 0 && parked;
    });

    const early = await node.call("till.deadLetters.replay", { id: letter?.id });
    broken = false;
    const both = await Promise.all(
      [1, 2].map(() => node.call("till.deadLetters.replay", { id: letter?.id }) as Promise<{ outcome: string }>),
    );

    expect(early).toEqual({ outcome: "failed", error: "not yet" });
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(["applied", "not_found"]);
    expect(await rig.effects()).toEqual([{ group: "till", aggregate: "mug", version: 1 }]);
    expect(await rig.parked()).toEqual([]);
  });

  test("a replay that fails leaves the event parked, with the attempt counted", async () => {
    const node = await rig.node({
      before: () => {
        throw new Error("still broken");
      },
    });
    await rig.sell("mug");
    const [letter] = await until("parked", async () => {
      const parked = await rig.parked();
      return parked.length > 0 && parked;
    });

    await node.call("till.deadLetters.replay", { id: letter?.id });

    expect(await node.call("till.deadLetters.get", { id: letter?.id })).toMatchObject({ attempts: 4 });
  });

  test("a discarded event is gone and does not come back", async () => {
    const node = await rig.node({
      before(_tx, events) {
        if (events[0]?.aggregateId === "poison") throw new Error("never");
      },
    });
    await rig.sell("poison");
    const [letter] = await until("parked", async () => {
      const parked = await rig.parked();
      return parked.length > 0 && parked;
    });

    const answers = [
      await node.call("till.deadLetters.discard", { id: letter?.id }),
      await node.call("till.deadLetters.discard", { id: letter?.id }),
    ];
    await rig.published();
    await rig.source.query({ name: "test_unpublish", text: "update outbox set published_at = null" });
    await rig.sell("mug");

    await rig.applied(1);
    expect(answers).toEqual([{ discarded: true }, { discarded: false }]);
    expect(await rig.parked()).toEqual([]);
  });

  test("a group that is new is given everything from the beginning", async () => {
    const first = await rig.node();
    for (let i = 0; i < 20; i++) await rig.sell("mug", "teapot");
    await rig.applied(40);
    await rig.published();
    await rig.stop(first);

    await rig.node({ groups: ["late"] });
    await rig.sell("mug");

    const effects = await rig.applied(41, "late");
    expect(versionsOf(effects, "mug")).toEqual(upTo(21));
    expect(await rig.applied(41)).toHaveLength(41);
  });

  test("each group has an event for itself: one that cannot go on does not hold up another", async () => {
    await rig.node({
      groups: ["other"],
      backoff: { attempts: 1_000, firstMs: 50, mostMs: 50 },
      before: async (tx, events) => {
        const [{ group }] = (await tx.query({ name: "test_noop", text: "select 1 as group" })) as [{ group: number }];
        if (group === 1 && blocked && events.length > 0 && firstGroup(events)) throw new Error("stuck");
      },
    });
    let blocked = true;
    const seen = new Map<string, number>();
    // The first group to ask for an event is held up; the other one is not.
    const firstGroup = ([event]: readonly { id: string }[]) => {
      const turn = seen.get(event?.id as string) ?? 0;
      seen.set(event?.id as string, turn + 1);
      return turn !== 1;
    };

    await rig.sell("mug");

    await until("one of both applied it", async () => {
      const counts = [(await rig.effects("till")).length, (await rig.effects("other")).length];
      return counts.includes(1) && counts.includes(0);
    });
    blocked = false;
    await Promise.all([rig.applied(1, "till"), rig.applied(1, "other")]);
  });

  test("a rewound group builds everything anew, and nobody else is told twice", async () => {
    const node = await rig.node({ groups: ["other"] });
    for (let i = 0; i < 30; i++) await rig.sell("mug", "teapot");
    await Promise.all([rig.applied(60), rig.applied(60, "other")]);
    const [{ group } = { group: "" }] = await rig.sink.query<{ group: string }>({
      name: "test_group",
      text: `select consumer_group as "group" from consumer_positions where consumer_group like 'till-%'`,
    });

    await rewindGroup(rig.sink, group, async (tx) => {
      tx.send({ name: "test_clear", text: "delete from effects where consumer = 'till'" });
    });
    await rig.sell("mug");

    const effects = await rig.applied(61);
    expect(versionsOf(effects, "mug")).toEqual(upTo(31));
    expect(versionsOf(effects, "teapot")).toEqual(upTo(30));
    expect(await rig.applied(61, "other")).toHaveLength(61);
    expect(await node.call("till.bridge.flow", {})).toMatchObject({ groups: [{ parked: 0 }] });
  });

  test("a group knows when it has seen what there was before it came, and again after it was rewound", async () => {
    const group = groupIn(rig.place, "till");
    const isWhole = async () => {
      const [row] = await rig.sink.query<{ whole: boolean }>({
        name: `test_whole_${rig.place.mark}`,
        text: `select ${caughtUp(group)} as whole`,
      });
      return row?.whole === true;
    };
    const before = await rig.node({ services: ["shop"] });
    await rig.sell("mug", "teapot");
    await rig.published();
    await rig.stop(before);
    expect(await isWhole()).toBe(false);

    await rig.node();
    await until("it has caught up", isWhole, 20_000);
    expect(await rig.effects()).toHaveLength(2);

    await rewindGroup(rig.sink, group, async (tx) => {
      tx.send({ name: "test_clear", text: "delete from effects where consumer = 'till'" });
    });
    await until("it has caught up again", isWhole, 20_000);
    expect(await rig.effects()).toHaveLength(2);
  });

  test("a group that is rewound while others are still at it misses nothing of what they are at", async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    let rewound = false;
    await rig.node({
      groups: ["slow"],
      before: (_tx, _events, group) => (group === "slow" ? opened : undefined),
      wrap: (inner) => ({
        ...inner,
        // The slow one goes on as soon as the history has been asked for, and not before.
        prepare: async (topic, history) =>
          inner.prepare(topic, (...asked) => {
            const past = history(...asked);
            if (rewound) open();
            return past;
          }),
      }),
    });
    await rig.sell("mug", "teapot");
    await rig.applied(2);

    await rewindGroup(rig.sink, groupIn(rig.place, "till"), async (tx) => {
      tx.send({ name: "test_clear", text: "delete from effects where consumer = 'till'" });
    });
    rewound = true;
    if (driver === "kafka") open();

    const effects = await rig.applied(2);
    expect(effects.map(({ aggregate }) => aggregate).sort()).toEqual(["mug", "teapot"]);
    await rig.applied(2, "slow");
  });

  test("events of any size travel, also together", async () => {
    await rig.source.query({
      name: "test_large",
      text: `insert into outbox (event_id, type, aggregate_id, aggregate_version, data, occurred_at)
        select gen_random_uuid(), 'shop.sold', 'mug', n, jsonb_build_object('amount', n, 'note', repeat('x', 20000)), now()
        from generate_series(1, 150) n`,
    });

    await rig.node();

    expect(versionsOf(await rig.applied(150), "mug")).toEqual(upTo(150));
    await rig.published();
  });

  test("the outbox forgets what was published, after its time, and nothing else", async () => {
    const node = await rig.node({ keepMs: 0 });
    await rig.sell("mug", "teapot");
    await rig.applied(2);
    const rows = async () => {
      const [row] = await rig.source.query<{ n: number }>({
        name: "test_rows",
        text: "select count(*)::int as n from outbox",
      });
      return row?.n;
    };

    await until("the outbox is empty", async () => (await rows()) === 0);
    await rig.stop(node);
    await rig.sell("mug");
    await rig.node({ keepMs: 3_600_000 });
    await rig.applied(3);
    await rig.published();

    expect(await rows()).toBe(1);
  });

  test("what is published is told to every node of the cluster as well, as a hint", async () => {
    const namespace = `hints-${randomUUID()}`;
    const node = await rig.node({ namespace });
    const other = new ServiceBroker({ namespace, transporter: "Fake", nodeID: "other", logger: false });
    const hints = [node, other].map((each) => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      // Of one name, as a service has it on several nodes.
      each.createService({ name: "viewer", events: { "shop.sold": ({ params }: Context) => resolve(params) } });
      return promise;
    });
    await other.start();
    await node.waitForServices("viewer");
    await until("the nodes know each other", () => node.registry.getNodeList({}).length === 2);

    await rig.sell("mug");

    const hint = { type: "shop.sold", subject: "mug", aggregateVersion: 1, data: { amount: 1 } };
    expect(await Promise.all(hints)).toMatchObject([hint, hint]);
    await other.stop();
  });

  test("an event that Kafka would not take is not recorded", async () => {
    const large = { amount: 1, note: "é".repeat(2_000_001) };
    const event = { type: "shop.sold", aggregateId: "mug", aggregateVersion: 1, data: large, occurredAt: new Date() };

    const recording = rig.source.transaction(async (tx) => writeOutbox(tx, [event]));

    await expect(recording).rejects.toThrow("shop.sold holds more than the 4000000 bytes that an event may have");
    expect(await rig.unsent()).toBe(0);
  });

  test("the largest event that is recorded travels", async () => {
    const data = { amount: 1, note: "x".repeat(3_999_900) };
    const event = { type: "shop.sold", aggregateId: "mug", aggregateVersion: 1, data, occurredAt: new Date() };
    await rig.source.transaction(async (tx) => writeOutbox(tx, [event]));

    await rig.node();

    await rig.applied(1);
    await rig.published();
  });

  test("two nodes share the work: each event is applied once, and in order", async () => {
    const nodes = await Promise.all([rig.node(), rig.node()]);
    const aggregates = Array.from({ length: 12 }, (_, i) => `sku-${i}`);

    for (let i = 0; i < 25; i++) await rig.sell(...aggregates);

    const effects = await rig.applied(300);
    expect(effects).toHaveLength(300);
    for (const aggregate of aggregates) expect(versionsOf(effects, aggregate)).toEqual(upTo(25));
    expect(nodes).toHaveLength(2);
  });

  test("when the node that relays goes, another one takes over", async () => {
    const first = await rig.node();
    await rig.sell("mug");
    await rig.applied(1);
    await rig.node();

    await rig.stop(first);
    await rig.sell("mug");

    expect(versionsOf(await rig.applied(2), "mug")).toEqual([1, 2]);
  });

  test("how far everything is can be asked for", async () => {
    const node = await rig.node({
      before(_tx, events) {
        if (events[0]?.aggregateId === "poison") throw new Error("never");
      },
    });
    await rig.sell("poison", "mug");
    await rig.applied(1);
    await rig.published();

    expect(await node.call("shop.bridge.flow", {})).toEqual({
      service: "shop",
      unsent: 0,
      oldestSeconds: 0,
      groups: [],
    });
    await until("no lag", async () => {
      const { groups } = (await node.call("till.bridge.flow", {})) as { groups: object[] };
      return JSON.stringify(groups).includes('"parked":1,"lag":0,"consuming":true');
    });
  });
});
