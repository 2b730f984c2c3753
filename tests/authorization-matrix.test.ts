// Every route and every action, asked by everybody. What is expected comes from the contracts alone, so that a new route is
// in here from its first day.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Access, type ActionContract, isInternal, objectOf } from "../contract/contract.ts";
import { actionContracts, SERVICE_NAMES } from "../contract/contracts.ts";
import { OWN_ROUTES } from "../services/gateway/own-routes.ts";
import { exampleOf } from "./support/example-of.ts";
import { type Client, saidOf } from "./support/http.ts";
import { openShop, type RunningShop } from "./support/running-shop.ts";

const WHO = ["anyone", "customer", "staff"] as const;
type Who = (typeof WHO)[number];
const REFUSALS = ["401 unauthenticated", "403 forbidden"];

let shop: RunningShop;
let clients: Record<Who, Client>;
let tokens: Record<Who, string | undefined>;

async function signIn() {
  clients = { anyone: shop.anyone, customer: await shop.customer(), staff: await shop.staff() };
  tokens = { anyone: undefined, customer: clients.customer.token, staff: clients.staff.token };
}
beforeAll(async () => {
  shop = await openShop();
  await signIn();
}, 60_000);
afterAll(() => shop.close());

const actions = [...actionContracts] as [string, ActionContract][];
const routes = actions.flatMap(([action, { access, http }]) =>
  http === undefined ? [] : [{ action, access, method: http.method, path: http.path }],
);
const cases = routes.flatMap((route) => WHO.map((who) => ({ ...route, who, refused: refusalOf(route.access, who) })));

function refusalOf(access: Access, who: Who): string | undefined {
  if (access === "public" || isInternal(access) || who === "staff") return undefined;
  if (who === "anyone") return REFUSALS[0];
  return access === "customer" ? undefined : REFUSALS[1];
}

test("the document lists every route of the contracts and the gateway's own, and no other", () => {
  const listed = Object.entries(shop.anyone.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`),
  );
  const own = OWN_ROUTES.filter(({ hidden }) => !hidden);

  const declared = [
    ...routes.map(({ method, path, action }) => `${method} ${path} ${action}`),
    ...own.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`),
  ];

  // What a parameter is called in the path is the document's own affair.
  const sorted = (lines: string[]) => lines.map((line) => line.replace(/\{[^}]*\}/g, "{}")).sort();
  expect(sorted(listed)).toEqual(sorted(declared));
});

test("the shop runs every action of the contracts, and its gateway none of the internal ones", () => {
  const running = shop.broker.registry.getActionList({}).map(({ name }: { name: string }) => name);

  expect(running).toEqual(expect.arrayContaining([...actionContracts.keys()]));
  expect(routes.filter(({ access }) => isInternal(access))).toEqual([]);
});

test("an internal action is for services that there are, and never for the one that it belongs to or the gateway", () => {
  const named = actions.flatMap(([action, { access }]) =>
    isInternal(access) ? access.callers.map((caller) => ({ caller, owner: action.split(".")[0] })) : [],
  );

  expect(named.length).toBeGreaterThan(0);
  const allowed = SERVICE_NAMES.filter((name) => name !== "gateway") as string[];
  expect(named.filter(({ caller, owner }) => caller === owner || !allowed.includes(caller))).toEqual([]);
});

// Without a body and for things that are not there: who may ask is decided before anything else is looked at.
test.each(cases)("$method $path asked by $who: $refused", async ({ action, method, path, who, refused }) => {
  const nowhere = path.replace(/\{[^}]*\}/g, "01900000-0000-7000-8000-00000000dead");

  const said = saidOf(await clients[who].ask(method, nowhere));

  if (refused === undefined) expect(REFUSALS).not.toContain(said);
  else expect(said).toBe(refused);
  if (action === "auth.logoutAll") await signIn();
});

// The gateway is not the only one that looks: whoever reaches the broker some other way meets the same check. None of these
// calls may take effect, so each is made as if it could.
const refusals = actions.flatMap(([action, { access, params, exactlyOne }]) =>
  WHO.flatMap((who) => {
    const refused = refusalOf(access, who);
    return refused === undefined ? [] : [{ action, who, refused, params: exampleOf(objectOf(params, exactlyOne)) }];
  }),
);

test.each(refusals)("$action itself answers $who: $refused", async ({ action, who, refused, params }) => {
  const token = tokens[who];

  const outcome = shop.broker.call(action, params, { meta: { ...(token && { token }) } });

  const [code, type] = refused.split(" ");
  await expect(outcome).rejects.toMatchObject({ code: Number(code), type: type?.toUpperCase() });
});

const FORGERIES: Record<string, unknown>[] = [
  { user: { id: "x", roles: ["staff"] } },
  { principal: { id: "x", roles: ["staff"] } },
  { roles: ["staff"], locals: { principal: { id: "x", roles: ["staff"] } } },
  { $roles: ["staff"], access: "public", internal: true },
];

test.each(FORGERIES)("what a caller says of itself in meta changes nothing: %j", async (forgery) => {
  const meta = { ...forgery, token: tokens.customer };

  await expect(shop.broker.call("users.list", {}, { meta })).rejects.toMatchObject({ type: "FORBIDDEN" });
  await expect(shop.broker.call("users.list", {}, { meta: forgery })).rejects.toMatchObject({
    type: "UNAUTHENTICATED",
  });
});

test("nothing in a customer's headers or query makes them staff", async () => {
  const headers = {
    "x-user-id": "x",
    "x-roles": "staff",
    "x-forwarded-user": "staff@example.com",
    "x-http-method-override": "GET",
    "x-original-url": "/v1/products",
    meta: '{"roles":["staff"]}',
  };

  expect(saidOf(await clients.customer.get("/v1/users", { headers }))).toBe("403 forbidden");
  expect(saidOf(await clients.customer.get("/v1/users?access_token=x&roles=staff"))).toBe("403 forbidden");
  expect(saidOf(await clients.customer.get("/v1/orders?meta[roles]=staff"))).toBe("400 validation_failed");
});

test("no path leads around the routes", async () => {
  const paths = ["/v1/users/../users", "//v1/users", "/v1/%75sers", "/V1/users", "/users/list", "/v1/users;a=b"];
  const inside = ["/$node/services", "/~node/actions", "/api/users.list", "/users.list", "/orders/place", "/rest"];

  for (const path of [...paths, ...inside]) {
    const { status } = await clients.customer.get(path);
    expect({ path, status: [403, 404].includes(status) ? "refused" : status }).toEqual({ path, status: "refused" });
  }
});
