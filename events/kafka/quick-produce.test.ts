import { createRequire } from "node:module";
import { expect, jest, test } from "@jest/globals";
import { murmur2 } from "./partition-of.ts";
import { quickProduce } from "./quick-produce.ts";

const require = createRequire(import.meta.url);
const produce = require("kafkajs/src/protocol/requests/produce/index.js");
const theirMurmur2 = require("kafkajs/src/producer/partitioners/default/murmur2.js");
const KEYS = ["a", "ab", "abc", "abcd", "01a214fc-708f-7932-82c7-eb426ee56585", "Zo\u00eb \u2603 \u{1f600}"];

test("makes the bytes that kafkajs makes, whatever the lengths and letters", async () => {
  jest.spyOn(Date, "now").mockReturnValue(1_750_000_000_000);
  const messages = KEYS.flatMap((key, i) =>
    [0, 1, 60, 130, 9_000].map((length) => ({
      key,
      value: key.repeat(length),
      headers: { ce_id: key, other: "x".repeat(i * length) },
    })),
  );
  const partitions = [3, 0].map((partition) => ({ partition, firstSequence: 0, messages }));
  const asked = { acks: -1, timeout: 10_000, compression: 0, topicData: [{ topic: "t", partitions }] };
  const encode = async () => (await produce.protocol({ version: 7 })(asked).request.encode()).buffer as Buffer;
  const theirs = await encode();

  quickProduce();

  expect((await encode()).equals(theirs)).toBe(true);
});

test("hashes a key as Kafka does", () => {
  for (const key of KEYS) expect(murmur2(Buffer.from(key))).toBe(theirMurmur2(key));
});
