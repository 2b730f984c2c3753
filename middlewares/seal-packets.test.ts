import { expect, test } from "@jest/globals";
import { sealOf } from "./seal-packets.ts";

const SECRET = "a secret of the processes of one system";
let now = new Date("2026-03-01T12:00:00Z");
const clock = () => now;
const sealing = (changes: { namespace?: string; secrets?: string[] } = {}) =>
  sealOf({ namespace: "shop", secrets: [SECRET], clock, ...changes });
const packet = Buffer.from(JSON.stringify({ action: "auth.login", params: { password: "a walk by the sea" } }));

test("what is sealed for a node is opened by it, and shows nothing on its way", () => {
  const sealed = sealing().seal(packet, "REQ", "node-2");

  expect(sealed.includes("walk")).toBe(false);
  expect(sealing().open(sealed, "REQ", "node-2")).toEqual(packet);
});

test("what is sealed for all is opened by everyone", () => {
  const sealed = sealing().seal(packet, "INFO", undefined);

  expect([sealing(), sealing()].map(({ open }) => open(sealed, "INFO", "any"))).toEqual([packet, packet]);
});

test("a packet is opened once", () => {
  const receiver = sealing();
  const sealed = sealing().seal(packet, "REQ", "node-2");
  receiver.open(sealed, "REQ", "node-2");

  expect(() => receiver.open(sealed, "REQ", "node-2")).toThrow(/seen before/);
});

test("neither another node nor another command opens it", () => {
  const sealed = sealing().seal(packet, "REQ", "node-2");

  expect(() => sealing().open(sealed, "REQ", "node-3")).toThrow(/another secret, or for somebody else/);
  expect(() => sealing().open(sealed, "EVENT", "node-2")).toThrow(/another secret, or for somebody else/);
});

test("another secret and another namespace open nothing", () => {
  const sealed = sealing().seal(packet, "INFO", undefined);

  for (const other of [{ secrets: ["another secret, as long as the first"] }, { namespace: "staging" }])
    expect(() => sealing(other).open(sealed, "INFO", "any")).toThrow(/another secret/);
});

test("no byte can be changed, cut off or added", () => {
  const sealed = sealing().seal(packet, "REQ", "node-2");
  const receiver = sealing();

  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed[i] = (changed[i] as number) ^ 1;
    expect(() => receiver.open(changed, "REQ", "node-2")).toThrow();
  }
  expect(() => receiver.open(sealed.subarray(0, -1), "REQ", "node-2")).toThrow();
  expect(() => receiver.open(Buffer.concat([sealed, Buffer.of(0)]), "REQ", "node-2")).toThrow();
  expect(receiver.open(sealed, "REQ", "node-2")).toEqual(packet);
});

test("what nobody sealed is refused, also the empty packet", () => {
  for (const bytes of [Buffer.alloc(0), packet, Buffer.alloc(33, 1)]) {
    expect(() => sealing().open(bytes, "REQ", "node-2")).toThrow(/not sealed/);
  }
});

test("a packet from longer ago than clocks differ is refused, so that none is kept for a node that starts anew", () => {
  const sealed = sealing().seal(packet, "REQ", "node-2");
  now = new Date(now.getTime() + 61_000);

  expect(() => sealing().open(sealed, "REQ", "node-2")).toThrow(/clock and ours are 61 s apart/);
});

test("a secret is changed without a break: what the old one sealed is opened beside the new", () => {
  const fresh = "the secret that comes after the first one";
  const [before, between, after] = [
    sealing(),
    sealing({ secrets: [SECRET, fresh] }),
    sealing({ secrets: [fresh, SECRET] }),
  ];

  expect(after.open(before.seal(packet, "INFO", undefined), "INFO", "a")).toEqual(packet);
  expect(between.open(after.seal(packet, "INFO", undefined), "INFO", "b")).toEqual(packet);
});
