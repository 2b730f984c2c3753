// The front page as a person meets it: a real browser, a real shop, a telephone and a desk.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { DEMO_ACCOUNTS } from "../runtime/seed-shop.ts";
import { CHROMIUM, openBrowser, warnWithoutBrowser } from "./support/browser.ts";
import { openShop, type RunningShop } from "./support/running-shop.ts";

warnWithoutBrowser();
const inABrowser = CHROMIUM === undefined ? describe.skip : describe;

inABrowser("the front page in a browser", () => {
  let shop: RunningShop;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [shop, browser] = await Promise.all([openShop(), openBrowser()]);
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    await page.goto(shop.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  test.each([360, 1280])("needs no scrolling aside at %i pixels, and is drawn as it was meant", async (width) => {
    await page.setViewportSize({ width, height: 800 });

    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    // A style that its policy kept out would leave the browser's own.
    expect(await page.evaluate("getComputedStyle(document.querySelector('ul')).listStyleType")).toBe("none");
    expect(complaints).toEqual([]);
  });

  test("names the accounts of the demo shop and none of their passwords", async () => {
    const words = await page.locator("main").textContent();

    for (const { email, password } of Object.values(DEMO_ACCOUNTS)) {
      expect(words).toContain(email);
      expect(await page.content()).not.toContain(password);
    }
  });

  test("has links that lead where they say", async () => {
    const hrefs = (await page.evaluate("[...document.querySelectorAll('a')].map(({ href }) => href)")) as string[];

    expect(hrefs).toEqual(expect.arrayContaining([`${shop.url}/docs`, `${shop.url}/v1/products`]));
    for (const href of hrefs) expect([href, (await fetch(href)).status]).toEqual([href, 200]);
    await page.getByRole("link", { name: "/docs" }).click();
    await page.getByRole("heading", { name: "Moleculer Commerce" }).waitFor();
    await page.goBack();
  });

  test("is read by who cannot see it: one heading of the page, its language, a landmark with a name", async () => {
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(await page.getByRole("navigation", { name: "Where to go" }).getByRole("link").count()).toBeGreaterThan(4);
  });
});
