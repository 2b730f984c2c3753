// What is remembered for whom, with Moleculer's own cacher.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Middleware, ServiceBroker } from "moleculer";
import { Type } from "typebox";
import { defineContract } from "../contract/contract.ts";
import type { Principal } from "../contract/permissions.ts";
import { actionsOf } from "../contract/typed.ts";
import { testTrust } from "../tests/support/trust.ts";
import { accessMiddleware } from "./access.ts";

const mugs = defineContract({
  name: "mugs",
  domain: "catalog",
  stateless: true,
  errors: {},
  events: {},
  actions: {
    list: {
      access: "public",
      params: { page: Type.Integer() },
      result: Type.String(),
      cache: { ttl: 60, keys: ["page", "#catalog:write"] },
    },
    mine: {
      access: "customer",
      params: {},
      result: Type.String(),
      cache: { ttl: 60, keys: ["#principal"] },
    },
    neighbours: { access: "public", params: {}, result: Type.String(), cache: { ttl: 60, keys: [] } },
    who: { access: "public", params: {}, result: Type.String() },
  },
});

const PRINCIPALS: Record<string, Principal> = {
  ada: { id: "ada", roles: ["customer"] },
  bob: { id: "bob", roles: ["customer"] },
  sam: { id: "sam", roles: ["staff"] },
};
let broker: ServiceBroker;
let handled: string[];
let seen: unknown[];

beforeEach(async () => {
  handled = [];
  seen = [];
  const contracts = new Map(Object.entries(mugs.actions).map(([name, action]) => [`mugs.${name}`, action]));
  const access = accessMiddleware({
    contracts,
    trust: testTrust(),
    verify: async (token) => PRINCIPALS[token] as Principal,
  });
  broker = new ServiceBroker({
    logger: false,
    cacher: "Memory",
    internalMiddlewares: false,
    middlewares: ["Cacher", access] as unknown as Middleware[],
  });
  const answer = (text: string) => {
    handled.push(text);
    return text;
  };
  broker.createService({
    name: "mugs",
    actions: actionsOf(mugs, {
      list: ({ params, locals }) => {
        seen.push({ ...locals });
        return answer(`${locals.granted["catalog:write"] ? "drafts too" : "on sale"}, page ${params.page}`);
      },
      mine: ({ locals }) => answer(locals.principal.id),
      neighbours: async (ctx) => answer((await ctx.call("mugs.who", {})) as string),
      who: ({ locals }) => answer(locals.principal?.id ?? "nobody"),
    }),
  });
  await broker.start();
});
afterEach(() => broker.stop());

const ask = (action: string, token?: string, params = {}) =>
  broker.call(`mugs.${action}`, params, { meta: token === undefined ? {} : { token } });

test("a stranger and staff never share an answer, however often and in whatever order they ask", async () => {
  const askers = ["sam", undefined, "ada", "sam", undefined];

  const answers: unknown[] = [];
  for (const asker of askers) answers.push(await ask("list", asker, { page: 1 }));

  const [drafts, onSale] = ["drafts too, page 1", "on sale, page 1"];
  expect(answers).toEqual([drafts, onSale, onSale, drafts, onSale]);
  expect(handled).toEqual([drafts, onSale]);
});

test("the handler of an answer for many does not learn who asks", async () => {
  await ask("list", "sam", { page: 1 });

  expect(seen).toEqual([{ granted: { "catalog:write": true } }]);
});

test("what it asks of a neighbour it asks for nobody, and its asker is who it was", async () => {
  expect(await ask("neighbours", "ada")).toBe("nobody");
  expect(await ask("neighbours", "bob")).toBe("nobody");
  expect(await ask("who", "ada")).toBe("ada");
});

test("an answer for one asker is remembered for that one alone", async () => {
  expect([await ask("mine", "ada"), await ask("mine", "bob"), await ask("mine", "ada")]).toEqual(["ada", "bob", "ada"]);
  expect(handled).toEqual(["ada", "bob"]);
});

test("a remembered answer is checked like any other: a stranger is refused it", async () => {
  await ask("mine", "ada");

  await expect(ask("mine")).rejects.toMatchObject({ code: 401 });
});

test("an answer that no contract calls cached is never remembered", async () => {
  await ask("who", "ada");
  await ask("who", "ada");

  expect(handled).toEqual(["ada", "ada"]);
});

test("a handler that asks for more than the key says does not compile", () => {
  const handlers: Parameters<typeof actionsOf<typeof mugs>>[1] = {
    // @ts-expect-error the rule names no principal
    list: ({ locals }) => locals.principal?.id ?? "",
    mine: ({ locals }) => locals.principal.id,
    // @ts-expect-error the rule names no permission
    neighbours: ({ locals }) => String(locals.granted["catalog:write"]),
    who: ({ locals }) => locals.principal?.id ?? "",
  };

  expect(Object.keys(handlers)).toEqual(Object.keys(mugs.actions));
});
