import { expect, test } from "@jest/globals";
import type { Envelope } from "../envelope.ts";
import { isReadable } from "../envelope.ts";
import { type IncomingMessage, readMessage, toMessage, typeOf } from "./cloud-event.ts";

const PLACE = { topic: "shop.v1", partition: 2 };
const event: Envelope = {
  id: "0192f3a4-5b6c-7d8e-9f00-112233445566",
  type: "shop.sold",
  topic: "shop.v1",
  subject: "mug",
  aggregateVersion: 7,
  time: "2026-01-02T03:04:05.678Z",
  json: '{"name":"Müg"}',
  correlationId: "request-1",
  causationId: null,
  traceparent: null,
};

const incoming = (over: IncomingMessage["headers"] = {}): IncomingMessage => {
  const { key, value, headers } = toMessage(event);
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]);
  return {
    key: Buffer.from(key),
    value: Buffer.from(value),
    offset: "41",
    headers: { ...Object.fromEntries(bytes), ...over },
  };
};

test("an event comes out as it went in", () => {
  expect(readMessage(incoming(), PLACE)).toEqual(event);
});

test.each([
  ["has no value", null],
  ["is empty", ""],
  ["is missing", undefined],
])("a message whose type %s is no event, and of no type", (_what, type) => {
  const message = incoming({ ce_type: type });

  expect(typeOf(message)).toBeUndefined();
  expect(readMessage(message, PLACE)).toMatchObject({ reason: "the header ce_type is missing" });
});

test("of a header that came twice the first counts", () => {
  const message = incoming({ ce_type: [Buffer.from("shop.sold"), Buffer.from("shop.returned")] });

  expect(readMessage(message, PLACE)).toMatchObject({ type: "shop.sold" });
});

test("what is no event is the same one whenever it is read, and another one elsewhere", () => {
  const broken = incoming({ ce_specversion: "0.3" });

  const [once, again, elsewhere] = [PLACE, PLACE, { ...PLACE, partition: 3 }].map((at) => readMessage(broken, at));

  expect(isReadable(once as Envelope)).toBe(false);
  expect(again).toEqual(once);
  expect(elsewhere?.id).not.toBe(once?.id);
});

test("no NUL comes through in a header, which no database would take", () => {
  expect(readMessage(incoming({ ce_subject: "m\0ug" }), PLACE)).toMatchObject({ subject: "mug" });
});
