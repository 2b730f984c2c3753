import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openShop, type Shop } from "../testing/start-shop.ts";
import { frontOf } from "./front.ts";
import { frontPage } from "./front-page.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.broker.stop());

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const front = (accept?: string, headers: Record<string, string> = {}, method = "GET") =>
  shop.ask(method, "/", { headers: { ...(accept !== undefined && { accept }), ...headers } });

describe("the front door", () => {
  test("tells a program what this is and where to go, with links that lead somewhere", async () => {
    const { status, json } = await front();

    expect(status).toBe(200);
    expect(json).toMatchObject({ name: "Moleculer Commerce", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(json.links.map(({ rel }: { rel: string }) => rel)).toEqual([
      "reference",
      "openapi",
      "asyncapi",
      "ready",
      "live",
      "mugs.search",
      "mugs.featured",
    ]);
    for (const { href } of json.links) expect((await shop.ask("GET", href)).status).toBe(200);
  });
  test("tells a person the same as a page", async () => {
    const { links } = (await front()).json;
    const { status, headers, text } = await front(BROWSER);

    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    for (const { href } of links) expect(text).toContain(`<a href="${href}">`);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+=*';/);
    expect(text).not.toMatch(/<script| on\w+=|style=/);
  });
  test("says that it answers by what is accepted, and gives each form an ETag of its own", async () => {
    const [page, data] = await Promise.all([front(BROWSER), front("*/*")]);

    expect([page.headers.vary, data.headers.vary]).toEqual(["Accept", "Accept"]);
    expect(page.headers.etag).not.toBe(data.headers.etag);
    const known = { "if-none-match": page.headers.etag as string };
    const again = await front(BROWSER, known);
    expect([again.status, again.text, again.headers.vary]).toEqual([304, "", "Accept"]);
    expect((await front("*/*", known)).status).toBe(200);
  });
  test("keeps the Vary of other origins", async () => {
    await using open = await openShop({ corsOrigins: ["https://shop.example.com"] });

    expect((await open.ask("GET", "/")).headers.vary).toBe("Origin, Accept");
  });
  test.each([BROWSER, "*/*"])("answers HEAD as GET, without the body, to %s", async (accept) => {
    const [head, get] = await Promise.all([front(accept, {}, "HEAD"), front(accept)]);

    expect([head.status, head.text]).toEqual([200, ""]);
    for (const name of ["content-type", "content-length", "etag", "vary", "content-security-policy"])
      expect(head.headers[name]).toBe(get.headers[name]);
  });
});

describe("the accounts of a demo shop", () => {
  const accounts = [{ role: "customer", email: "ada@example.com" }];
  const demo = { service: "demo-shop", accounts };

  test("are told, and requests are served, only once it is filled", async () => {
    await using filling = await openShop({ demo });
    const ready = async () => (await filling.ask("GET", "/health/ready")).status;
    const told = async () => (await filling.ask("GET", "/")).json.demo;

    expect([await ready(), await told()]).toEqual([503, undefined]);
    filling.broker.createService({ name: "demo-shop" });
    await filling.broker.waitForServices("demo-shop");

    expect([await ready(), await told()]).toEqual([200, { accounts }]);
  });
  test("are no business of a shop that has none", async () => {
    expect((await front()).json).not.toHaveProperty("demo");
    expect((await front(BROWSER)).text).not.toContain("demo");
  });
  test("are text on the page, whatever they are", () => {
    const nasty = `"><script>alert('&')</script>`;
    const page = frontPage(frontOf([], [], { ...demo, accounts: [{ role: nasty, email: nasty }] }));

    expect(page).toContain("&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;");
    expect(page).not.toContain("<script");
  });
});
