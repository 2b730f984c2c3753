// Whoever is slow holds the other side back; nothing piles up in between. Client and server are one process here, so
// whatever either of them held would be seen.
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ByteSource } from "./testing/byte-source.ts";
import { heldInBuffers } from "./testing/memory.ts";
import { openRequest, readWhole } from "./testing/open-request.ts";
import { as, openShop, type Shop } from "./testing/start-shop.ts";

const SIZE = 24_000_000;
/** What may be on its way: buffers of the kernel, which nobody here can bound, and one of each stream. */
const MOST_ON_ITS_WAY = 16_000_000;
const MOST_HELD = 4_000_000;
/** Each look collects all that nobody holds any more, which takes its time in a process that has run many tests. */
const LOOK_EVERY = 20_000_000;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
  // On a busy machine it may take longer than a request may.
  shop.gateway.server.requestTimeout = 0;
});
afterAll(() => shop.broker.stop());

/** Remembers the most that it has seen. */
class Highest {
  value = 0;
  see(value: number): void {
    this.value = Math.max(this.value, value);
  }
}

test("a slow client holds back the stream that it is sent", async () => {
  const before = heldInBuffers();
  const [ahead, held] = [new Highest(), new Highest()];
  const { req, answered } = openRequest(shop.port, "GET", `/v1/mug-pictures?size=${SIZE}`);
  req.end();
  let received = 0;
  let looked = 0;

  for await (const chunk of await answered) {
    received += chunk.length;
    for (let turns = 0; turns < 5; turns++) await turn();
    ahead.see((shop.studio.sources[0]?.made ?? 0) - received);
    if (received - looked < LOOK_EVERY) continue;
    looked = received;
    held.see(heldInBuffers() - before);
  }

  expect(received).toBe(SIZE);
  expect(ahead.value).toBeLessThan(MOST_ON_ITS_WAY);
  expect(held.value).toBeLessThan(MOST_HELD);
});

test("a slow action holds back the client that sends to it", async () => {
  const before = heldInBuffers();
  const [ahead, held] = [new Highest(), new Highest()];
  const source = new ByteSource({ size: SIZE });
  const headers = { ...as.staff, "content-type": "image/png" };
  const { req, answered } = openRequest(shop.port, "PUT", "/v1/mug-pictures/p-1?slowly=true", { headers });
  let looked = 0;

  source.on("data", () => {
    ahead.see(source.made - shop.studio.received);
    if (source.made - looked < LOOK_EVERY) return;
    looked = source.made;
    held.see(heldInBuffers() - before);
  });
  source.pipe(req);
  const { status, content } = await readWhole(await answered);

  expect({ status, ...JSON.parse(content.toString()) }).toMatchObject({ status: 201, size: SIZE });
  expect(ahead.value).toBeLessThan(MOST_ON_ITS_WAY);
  expect(held.value).toBeLessThan(MOST_HELD);
});
