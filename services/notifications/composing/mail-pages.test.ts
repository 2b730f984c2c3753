// The pages of the mails as a browser shows them, on a telephone and on a desk.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { CHROMIUM, openBrowser, warnWithoutBrowser } from "../../../tests/support/browser.ts";
import type { DeliveryKind } from "../delivery-kinds.ts";
import { compose, EVERY_MAIL } from "../testing/compose.ts";
import { ADDRESS, type orderFacts } from "../testing/order-events.ts";

warnWithoutBrowser();
const inABrowser = CHROMIUM === undefined ? describe.skip : describe;
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);

const pageOf = (kind: DeliveryKind, language: string, changes: Parameters<typeof orderFacts>[0] = {}) =>
  compose(
    kind,
    {
      language,
      currency: "HUF",
      total: 123_456_789_012,
      reason: "authentication_failed",
      lines: [
        { sku: "MUG-BLUE", title: "Enamel mug, blue", quantity: 2, unitPrice: 1_200, total: 2_400 },
        { sku: "X".repeat(64), title: LONG, quantity: 1_000_000, unitPrice: 120_000, total: 123_456_786_612 },
      ],
      ...changes,
    },
    { address: { ...ADDRESS, line1: LONG } },
  ).html;

inABrowser("a mail in a browser", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await (await browser.newContext({ offline: true })).newPage();
  });
  afterAll(() => browser.close());

  const show = async (html: string, width: number) => {
    await page.setViewportSize({ width, height: 800 });
    await page.setContent(html);
  };

  const everywhere = EVERY_MAIL.flatMap(([kind, language]) =>
    [360, 600].map((width) => [kind, language, width] as const),
  );
  test.each(everywhere)("%s in %s needs no scrolling aside at %i pixels, and shows its total", async (...which) => {
    const [kind, language, width] = which;
    await show(pageOf(kind, language), width);

    const needed = await page.evaluate("document.documentElement.scrollWidth");
    const total = page.locator("td.total");
    const box = await total.boundingBox();

    expect(needed).toBe(width);
    expect(await total.textContent()).toBe(
      language === "de" ? "1.234.567.890,12\u00a0HUF" : "HUF\u00a01,234,567,890.12",
    );
    expect(await total.isVisible()).toBe(true);
    expect((box?.x ?? 0) + (box?.width ?? width)).toBeLessThanOrEqual(width);
  });

  test("amounts stand one below the other, on the right", async () => {
    await show(pageOf("order_confirmed", "en"), 600);

    const rights = await page.evaluate(
      `[...document.querySelectorAll("table.lines tr")].map(({ lastElementChild: amount }) => {
        const range = document.createRange();
        range.selectNodeContents(amount);
        return Math.round(range.getBoundingClientRect().right);
      })`,
    );

    expect(rights).toHaveLength(3);
    expect(new Set(rights as number[]).size).toBe(1);
  });

  test("what a customer typed is text, and no element of the page", async () => {
    const typed = `<img src=x onerror="document.title='taken'"></bdi></td></tr></table><script>document.title = "taken"</script>`;
    const lines = [{ sku: "MUG", title: typed, quantity: 1, unitPrice: 1, total: 1 }];

    await show(pageOf("order_confirmed", "en", { lines, number: typed }), 600);

    expect(await page.locator("script, img, iframe").count()).toBe(0);
    expect(await page.title()).toContain("<img src=x");
    expect(await page.locator("table.lines bdi").textContent()).toBe(typed);
  });
});
