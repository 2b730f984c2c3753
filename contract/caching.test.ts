import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Type } from "typebox";
import { cacheKey, cachingOf, localsFor } from "./caching.ts";
import type { CacheRule } from "./contract.ts";
import type { Locals } from "./locals.ts";
import type { Principal } from "./permissions.ts";

const RULE: CacheRule = { ttl: 60, keys: ["page", "search"] };
const keyOf = (params: unknown, locals: Locals = {}, rule = RULE) => cacheKey("mugs.list", rule, { params, locals });
const ada: Principal = { id: "ada", roles: ["customer"] };
const staff: Principal = { id: "sam", roles: ["staff"] };

describe("the key of an answer", () => {
  test("is the same for the same question, in whatever order it is put", () => {
    expect(keyOf({ search: { a: 1, b: [2] }, page: 1 })).toBe(keyOf({ page: 1, search: { b: [2], a: 1 } }));
  });
  test.each([
    [
      { page: 1, search: "2" },
      { page: 12, search: "" },
    ],
    [{ page: 1 }, { page: "1" }],
    [{ search: null }, {}],
    [{ search: [] }, {}],
    [{ search: "" }, {}],
    [{ search: ["a", "b"] }, { search: ["a,b"] }],
    [{ search: { a: "b" } }, { search: [["a", "b"]] }],
  ])("differs between %j and %j", (one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });
  test("takes what is undefined for absent", () => {
    expect(keyOf({ page: undefined })).toBe(keyOf({}));
  });
  test("differs wherever the questions do", () => {
    const questions = fc.record({ page: fc.jsonValue(), search: fc.jsonValue() }, { requiredKeys: [] });
    const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

    fc.assert(
      fc.property(questions, questions, (one, other) => {
        let same = true;
        try {
          expect(asJson(one)).toEqual(asJson(other));
        } catch {
          same = false;
        }
        expect(keyOf(asJson(one)) === keyOf(asJson(other))).toBe(same);
      }),
    );
  });
  test("names who asks where the rule does, and nobody is somebody else", () => {
    const rule: CacheRule = { ttl: 60, keys: ["#principal"] };
    const keys = [ada, staff, undefined].map((principal) => keyOf({}, localsFor(rule, principal), rule));

    expect(new Set(keys).size).toBe(3);
  });
});

describe("a rule", () => {
  test("that leaves a parameter out of the key is refused", () => {
    const params = { page: Type.Integer(), search: Type.String(), lang: Type.String() };

    expect(() => cachingOf("mugs.list", { params }, RULE)).toThrow("mugs.list is cached without lang in its key");
  });
  test("lets its handler know what its key says, and no more", () => {
    expect(localsFor(RULE, staff)).toEqual({ granted: {} });
    expect(localsFor({ ttl: 1, keys: ["#catalog:write"] }, staff)).toEqual({ granted: { "catalog:write": true } });
    expect(localsFor({ ttl: 1, keys: ["#principal"] }, ada).principal).toEqual(ada);
  });
});
