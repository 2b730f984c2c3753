// The shop as its clients see it: everything here goes through the public API.
import { randomUUID } from "node:crypto";
import { type Answer, connectTo, type HttpClient } from "../../replay/api/http-client.ts";
import { DEMO_ACCOUNTS } from "../../runtime/seed-shop.ts";

/** More than any run sells. */
const STOCK_ADDED = 50_000_000;

export class ShopClient {
  readonly #http: HttpClient;

  /** @param connections kept-alive connections, at most */
  constructor(url: string, connections: number) {
    this.#http = connectTo(new URL(url), connections);
  }

  /** @returns a customer's access token, good for the minutes that a level takes */
  signIn(who: keyof typeof DEMO_ACCOUNTS = "customer"): Promise<string> {
    const { email, password } = DEMO_ACCOUNTS[who];
    return this.#ask<{ accessToken: string }>({
      method: "POST",
      path: "/v1/auth/login",
      body: { email, password },
    }).then(({ accessToken }) => accessToken);
  }

  /** @returns every SKU of the catalog, each with stock for the whole run */
  async stockUp(): Promise<string[]> {
    const { data } = await this.#ask<{ data: { variants: { sku: string }[] }[] }>({
      method: "GET",
      path: "/v1/products?limit=100",
    });
    const skus = data.flatMap(({ variants }) => variants.map(({ sku }) => sku)).sort();
    const headers = { authorization: `Bearer ${await this.signIn("staff")}` };
    for (const sku of skus) {
      await this.#ask({
        method: "POST",
        path: "/v1/stock-adjustments",
        headers: { ...headers, "idempotency-key": randomUUID() },
        body: { sku, delta: STOCK_ADDED, reason: "bench" },
      });
    }
    return skus;
  }

  /** @throws Error unless the order was made and is confirmed */
  async placeOrder(token: string, skus: readonly string[]): Promise<void> {
    const answer = await this.#http.send({
      method: "POST",
      path: "/v1/orders",
      headers: { authorization: `Bearer ${token}`, "idempotency-key": randomUUID() },
      body: { ...ORDER, lines: skus.map((sku) => ({ sku, quantity: 1 })) },
    });
    const { status } = (answer.body ?? {}) as { status?: string };
    if (answer.status !== 201 || status !== "CONFIRMED") throw new Error(describe(answer));
  }

  close(): void {
    this.#http.close();
  }

  async #ask<Body>(request: Parameters<HttpClient["send"]>[0]): Promise<Body> {
    const answer = await this.#http.send(request);
    if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${describe(answer)}`);
    return answer.body as Body;
  }
}

const ORDER = {
  currency: "GBP",
  shippingAddress: {
    name: "Ada Lovelace",
    line1: "12 St James Square",
    city: "London",
    postalCode: "SW1Y 4JH",
    country: "GB",
  },
  payment: { method: "pm_card_visa" },
};

const describe = ({ status, body }: Answer): string => `answered ${status} ${JSON.stringify(body)?.slice(0, 300)}`;
