// How long a stream may last: as long as it moves, and when the gateway stops as long as any request.
import { Agent, type IncomingMessage } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { until } from "../../../tests/support/until.ts";
import { type Opening, openRequest, readWhole } from "../testing/open-request.ts";
import { openShop, type Shop } from "../testing/start-shop.ts";

function open(path: string, { port }: Shop, opening: Opening = {}): Promise<IncomingMessage> {
  const { req, answered } = openRequest(port, "GET", path, opening);
  req.end();
  return answered;
}

describe("a stream that stands still", () => {
  test("before its first byte is a spent time budget", async () => {
    await using shop = await openShop({ streamSilence: 50 });

    const reply = await shop.ask("GET", "/v1/mug-pictures?size=9&silent=true");

    expect(reply).toMatchObject({ status: 504, json: { code: "timeout" } });
  });
  test("because nobody takes it is cut off", async () => {
    await using shop = await openShop({ streamSilence: 50 });
    const res = await open("/v1/mug-pictures?size=64000000", shop);

    await until("it is given up", () => shop.gateway.underWay.size === 0);

    expect(shop.studio.sources[0]?.destroyed).toBe(true);
    expect((await readWhole(res)).complete).toBe(false);
  });
});

describe("a stop", () => {
  test("waits for a stream under way, and then not for its connection", async () => {
    const shop = await openShop();
    const agent = new Agent({ keepAlive: true });
    const res = await open("/v1/mug-pictures?size=20000000", shop, { agent });
    const stopped = shop.broker.stop();
    await until("it takes nothing new", () => !shop.gateway.server.listening);

    expect(shop.gateway.underWay.size).toBe(1);
    const { content, complete } = await readWhole(res);
    const end = performance.now();
    await stopped;

    expect({ size: content.length, complete }).toEqual({ size: 20_000_000, complete: true });
    expect(performance.now() - end).toBeLessThan(2_000);
    agent.destroy();
  });
  test("cuts a stream off that nobody reads", async () => {
    const shop = await openShop({ drainDeadline: 50 });
    const res = await open("/v1/mug-pictures?size=64000000", shop);

    await shop.broker.stop();

    expect((await readWhole(res)).complete).toBe(false);
    expect(shop.studio.sources[0]?.destroyed).toBe(true);
    expect(shop.gateway.underWay.size).toBe(0);
  });
});
