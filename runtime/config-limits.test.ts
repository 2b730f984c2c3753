import { expect, test } from "@jest/globals";
import { ROUTE_CLASSES } from "../contract/route-classes.ts";
import { readLimits } from "./config-limits.ts";

const of = (RATE_LIMITS?: string) => readLimits({ RATE_LIMITS }, "shop")?.classes;

test("every class is limited as the table says, unless something else is asked for", () => {
  expect(of()).toEqual(ROUTE_CLASSES);
  expect(of("")).toEqual(ROUTE_CLASSES);
});

test("nothing is limited where it is said so", () => {
  expect(of("off")).toBeUndefined();
});

test("allowances grow and shrink by a factor, their windows stay, and one request is always left", () => {
  expect(of("10")?.checkout).toEqual({ seconds: 60, client: 200, network: 2_000, user: 200, staff: 600_000 });
  expect(of("0.001")?.checkout).toEqual({ seconds: 60, client: 1, network: 1, user: 1, staff: 60 });
});

test("a class may have a factor of its own, or none at all", () => {
  const classes = of("2, login=0.5, read=off");

  expect(classes?.login).toEqual({ seconds: 600, client: 50, network: 50, user: 50, staff: 50 });
  expect(classes).not.toHaveProperty("read");
  expect(classes?.search?.client).toBe(2 * ROUTE_CLASSES.search.client);
});

test("gateways of one namespace count in the Redis that they have, or in one for this alone", () => {
  expect(readLimits({}, "shop")).toMatchObject({ redisUrl: undefined, prefix: "shop:limits" });
  expect(readLimits({}, "shop", "redis://bus")).toMatchObject({ redisUrl: "redis://bus" });
});

test.each(["on", "0", "-1", "1e9", "checkout=", "checkout=many", "NaN"])("%s is refused with a sentence", (value) => {
  expect(() => of(value)).toThrow(/^RATE_LIMITS has off or factors above 0 up to 1000000, for all or by class, not /);
});

test("a class that is not in the table is refused by name", () => {
  expect(() => of("checkuot=5")).toThrow(/^RATE_LIMITS may be entrance, .*, not checkuot$/);
});
