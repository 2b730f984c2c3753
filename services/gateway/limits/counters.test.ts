import { expect, test } from "@jest/globals";
import { Allowance } from "./allowance.ts";
import { BoundedMap } from "./bounded-map.ts";
import { leftOf, policyOf } from "./headers.ts";
import { MemoryCounter } from "./memory-counter.ts";
import { RateLimiter } from "./rate-limiter.ts";

test("a window begins with the first request, and the next one when it is over", () => {
  let now = 5;
  const counter = new MemoryCounter(() => now);

  expect(counter.hit("ada", 60)).toEqual({ hits: 1, msLeft: 60_000 });
  now += 59_999;
  expect(counter.hit("ada", 60)).toEqual({ hits: 2, msLeft: 1 });
  now += 1;
  expect(counter.hit("ada", 60)).toEqual({ hits: 1, msLeft: 60_000 });
});

test("each key has a window of its own", () => {
  const counter = new MemoryCounter(() => 0);
  counter.hit("ada", 60);

  expect(counter.hit("bob", 60).hits).toBe(1);
});

test("a million addresses take the room of the most that are remembered, and those that came last are known", () => {
  const map = new BoundedMap<number>(1_000);

  let most = 0;
  for (let i = 0; i < 1_000_000; i++) {
    map.set(`address ${i}`, i);
    most = Math.max(most, map.size);
  }

  expect(most).toBeLessThanOrEqual(1_000);
  expect(map.get("address 999999")).toBe(999_999);
  expect(map.get("address 999500")).toBe(999_500);
  expect(map.get("address 998999")).toBeUndefined();
});

test("whoever has nothing left is refused without being counted, is news once in a window, and may ask again after it", async () => {
  let now = 0;
  const allowance = new Allowance("write-user", { requests: 2, seconds: 60 }, () => now);
  const take = async () => {
    const { remaining, refused, isNews } = await allowance.take("ada");
    return { remaining, refused, isNews };
  };

  expect(await take()).toEqual({ remaining: 1, refused: false, isNews: false });
  expect(await take()).toEqual({ remaining: 0, refused: false, isNews: false });
  expect(allowance.closedTo("ada")).toBeUndefined();
  expect(await take()).toEqual({ remaining: 0, refused: true, isNews: true });
  expect(await take()).toEqual({ remaining: 0, refused: true, isNews: false });
  now = 45_500;
  expect(allowance.closedTo("ada")).toMatchObject({ refused: true, isNews: false, msLeft: 14_500 });
  expect(allowance.closedTo("bob")).toBeUndefined();
  now = 60_000;
  expect(allowance.closedTo("ada")).toBeUndefined();
  expect(await take()).toEqual({ remaining: 1, refused: false, isNews: false });
});

test("the fields are structured ones: what is left for how many whole seconds, and never none of them", () => {
  const allowance = new Allowance("write-user", { requests: 20, seconds: 60 }, () => 0);
  const taken = { allowance, remaining: 3, refused: false, isNews: false };

  expect(policyOf(allowance)).toBe('"write-user";q=20;w=60');
  expect(leftOf({ ...taken, msLeft: 41_001 })).toBe('"write-user";r=3;t=42');
  expect(leftOf({ ...taken, msLeft: 0.2 })).toBe('"write-user";r=3;t=1');
});

test("what is told of a refusal names the allowance, the user and where from", async () => {
  const lines: string[] = [];
  const broker = { getLogger: () => ({ warn: (line: string) => lines.push(line) }) } as never;
  const limits = { seconds: 60, client: 1, network: 9, user: 1, staff: 9 };
  const limiter = new RateLimiter({ checkout: limits });
  const res = { setHeader: () => {} } as never;
  const ask = () =>
    limiter
      .turn("checkout", "10.0.0.1", res, { broker, meta: { clientAddress: "10.0.0.1" }, requestID: "r-1" })
      .as({ id: "ada", roles: ["customer"] });

  await ask();
  await expect(ask()).rejects.toMatchObject({ code: 429, type: "RATE_LIMITED", data: { retryAfter: 60 } });
  await expect(ask()).rejects.toMatchObject({ code: 429, type: "RATE_LIMITED" });

  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      event: "rate_limited",
      outcome: "refused",
      reason: "checkout-user",
      who: "ada",
      from: "10.0.0.1",
      requestId: "r-1",
      at: expect.any(String),
    },
  ]);
});
