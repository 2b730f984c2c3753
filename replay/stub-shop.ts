import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Record<string, unknown>;
type Line = { sku: string; quantity: number; unitPrice: { amount: number } };
type StubOrder = Json & { id: string; reference: string; status: string; placedAt: string; pollsLeft: number };
type Asked = { path: string; query: URLSearchParams; body: Json; key: string };
type Reply = { status: number; body?: Json; replayed?: boolean; lost?: boolean };

/** What goes wrong, and when; by invoice number where it concerns one. */
export type Faults = {
  answerLostFor?: string;
  refusedFor?: string;
  pendingPolls?: number;
  busyTimes?: number;
  diesAfterOrders?: number;
  tokenUses?: number;
};

/** The public API in memory, as far as a replay uses it: a double of the shop for tests. */
export async function startStubShop(faults: Faults = {}) {
  const users: Json[] = [];
  const products = new Map<string, Json>();
  const stock = new Map<string, { onHand: number; reserved: number }>();
  const orders: StubOrder[] = [];
  const answers = new Map<string, Reply>();
  const calls: string[] = [];
  let session = 0;
  let usesLeft = 0;
  let answersToLose = 1;
  let busyLeft = faults.busyTimes ?? 0;

  const tokens = (): Reply => {
    session += 1;
    usesLeft = faults.tokenUses ?? Number.POSITIVE_INFINITY;
    return {
      status: 200,
      body: { accessToken: `a${session}`, tokenType: "Bearer", expiresIn: 600, refreshToken: `r${session}` },
    };
  };
  const placeOrder = ({ body }: Asked): Reply => {
    const { reference, customerId, placedAt, currency } = body as Record<string, string>;
    const lines = body.lines as Line[];
    const invoice = reference?.split("/")[1] ?? "";
    if (orders.some((order) => order.reference === reference)) return problem(409, "reference_taken");
    if (lines.some(({ sku }) => !products.has(sku))) return problem(422, "unknown_sku");
    const short = lines.some(({ sku, quantity }) => available(sku) < quantity);
    const refused = short || invoice === faults.refusedFor;
    if (!refused) for (const { sku, quantity } of lines) stock.get(sku)!.reserved += quantity;
    const order: StubOrder = {
      id: `o${orders.length + 1}`,
      reference: reference ?? "",
      status: refused ? "REJECTED" : "CONFIRMED",
      reason: refused ? "out_of_stock" : null,
      customerId: customerId ?? null,
      placedAt: placedAt ?? "",
      pollsLeft: faults.pendingPolls ?? 0,
      total: { amount: lines.reduce((sum, line) => sum + line.quantity * line.unitPrice.amount, 0), currency },
      lines,
    };
    orders.push(order);
    if (orders.length === faults.diesAfterOrders) void stop();
    const lost = invoice === faults.answerLostFor && answersToLose-- > 0;
    return { status: 201, body: shown(order), lost };
  };
  const available = (sku: string) => (stock.get(sku)?.onHand ?? 0) - (stock.get(sku)?.reserved ?? 0);
  const level = (sku: string) => ({ sku, ...stock.get(sku), available: available(sku) });

  const routes: Record<string, (asked: Asked) => Reply> = {
    "GET /health/live": () => ({ status: 200, body: {} }),
    "POST /v1/auth/login": ({ body }) => (body.password === "secret" ? tokens() : problem(401, "wrong_login")),
    "POST /v1/auth/refresh": ({ body }) => (body.refreshToken === `r${session}` ? tokens() : problem(401, "reused")),
    "POST /v1/product-imports": ({ body }) => {
      const items = body.items as { variants: { sku: string }[] }[];
      for (const item of items) products.set(item.variants[0]!.sku, item);
      return { status: 200, body: { accepted: items.length, rejected: 0, errors: [] } };
    },
    "POST /v1/users": ({ body }) => {
      if (users.some(({ reference }) => reference === body.reference)) return problem(409, "email_taken");
      users.push({ ...body, id: `u${users.length + 1}` });
      return { status: 201, body: users.at(-1)! };
    },
    "GET /v1/users": ({ query }) =>
      pageOf(
        users.filter(({ reference }) => reference === query.get("filter[reference]")),
        query,
      ),
    "GET /v1/stock-levels": ({ query }) => pageOf([...stock.keys()].map(level), query),
    "POST /v1/stock-adjustments": ({ body }) => {
      const sku = String(body.sku);
      const { onHand = 0, reserved = 0 } = stock.get(sku) ?? {};
      stock.set(sku, { onHand: onHand + Number(body.delta), reserved });
      return { status: 201, body: { ...level(sku), warnings: [] } };
    },
    "POST /v1/orders": placeOrder,
    "GET /v1/orders": ({ query }) => {
      const [from = "", to = ""] = [query.get("filter[placedFrom]") ?? "", query.get("filter[placedTo]") ?? ""];
      const found = orders.filter(({ placedAt }) => placedAt >= from && placedAt <= to);
      return pageOf(found.toReversed().map(shown), query);
    },
    "GET order": ({ path }) => {
      const order = orders.find(({ id }) => path.endsWith(`/${id}`));
      if (order) order.pollsLeft -= 1;
      return order ? { status: 200, body: shown(order) } : problem(404, "not_found");
    },
  };

  const reply = (request: IncomingMessage, asked: Asked): Reply => {
    const route = `${request.method} ${asked.path}`;
    calls.push(route);
    const open = asked.path.startsWith("/v1/auth") || asked.path.startsWith("/health");
    if (!open && (request.headers.authorization !== `Bearer a${session}` || usesLeft-- <= 0)) {
      return problem(401, "token_expired");
    }
    if (route === "POST /v1/orders" && busyLeft-- > 0) return problem(503, "overloaded");
    const known = asked.key && answers.get(asked.key);
    if (known) return { ...known, lost: false, replayed: true };
    const answer = (routes[route] ?? routes["GET order"])!(asked);
    if (asked.key && answer.status < 400) answers.set(asked.key, answer);
    return answer;
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://stub");
    const text = (await request.toArray()).join("");
    const key = String(request.headers["idempotency-key"] ?? "");
    const body = text ? (JSON.parse(text) as Json) : {};
    answerWith(response, reply(request, { path: url.pathname, query: url.searchParams, body, key }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () =>
    new Promise<unknown>((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url, orders, users, products, stock, calls, faults, stop };
}

function answerWith(response: ServerResponse, { status, body, replayed, lost }: Reply): void {
  if (lost) {
    response.socket?.destroy();
    return;
  }
  response.writeHead(status, {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    ...(replayed && { "idempotent-replayed": "true" }),
  });
  response.end(JSON.stringify(body));
}

function shown({ pollsLeft, ...order }: StubOrder): Json {
  return pollsLeft > 0 ? { ...order, status: "PENDING" } : order;
}

function pageOf(all: Json[], query: URLSearchParams): Reply {
  const start = Number(query.get("after") ?? 0);
  // Small pages, so that every list in a test is longer than one.
  const end = start + 2;
  const hasMore = end < all.length;
  return {
    status: 200,
    body: { data: all.slice(start, end), page: { hasMore, nextCursor: hasMore ? `${end}` : null } },
  };
}

function problem(status: number, code: string): Reply {
  return { status, body: { status, code, title: code, detail: `stub says ${code}`, requestId: "req-1", errors: [] } };
}
