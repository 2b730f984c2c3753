import { describe, expect, test } from "@jest/globals";
import { TEST_METHODS } from "../../payments/providers/sandbox/test-methods.ts";
import { compose } from "../testing/compose.ts";
import { ADDRESS, SHOP } from "../testing/order-events.ts";

/** What a reader makes of the page, roughly: its words, one blank between them. */
const wordsOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

describe("a confirmation", () => {
  test("lists what was bought by its title, what it costs, where it goes and where it can be seen", () => {
    const lines = [
      { sku: "TEAPOT", title: "Stoneware teapot", quantity: 1_200, unitPrice: 10_000, total: 12_000_000 },
      { sku: "MUG-BLUE", title: "Enamel mug, blue", quantity: 1, unitPrice: 1_200, total: 1_200 },
    ];

    const { subject, text } = compose("order_confirmed", { orderId: "an-order", lines, total: 12_001_200 });

    expect(subject).toBe("Your order 7KD2M-X9PQR is confirmed");
    expect(text).toBe(`Hello,

Thank you for your order of 1 March 2026. It is confirmed, and its number is 7KD2M-X9PQR.

- 1,200 x Stoneware teapot (TEAPOT): £120,000.00
- 1 x Enamel mug, blue (MUG-BLUE): £12.00

Total: £120,012.00

It goes to:
    Ada Lovelace
    12 St James Square
    London
    SW1Y 4JH
    United Kingdom

Your order:
https://shop.example/orders/an-order

--
You get this mail because of your order at The Shop. It was written by a machine.
`);
  });

  test("says the same as a page", () => {
    const { html } = compose("order_confirmed", { orderId: "an-order" });

    const words = wordsOf(html);
    for (const said of ["Enamel mug, blue", "2 &times; £12.00", "£24.00", "SW1Y 4JH", "1 March 2026", "7KD2M-X9PQR"]) {
      expect(words).toContain(said);
    }
    expect(html).toContain('href="https://shop.example/orders/an-order"');
  });

  test("is German for who reads German, amounts, dates and the country among it", () => {
    const order = { language: "de-AT", currency: "EUR", total: 123_456, placedAt: "2026-02-28T23:30:00Z" };

    const { subject, text, html } = compose("order_confirmed", order);

    expect(subject).toBe("Ihre Bestellung 7KD2M-X9PQR ist bestätigt");
    expect(text).toContain("Bestellung vom 28. Februar 2026");
    expect(text).toContain("Summe: 1.234,56\u00a0€\n");
    expect(text).toContain("    Vereinigtes Königreich\n");
    expect(html).toContain('<html lang="de">');
  });

  test("names the day that it was in the shop", () => {
    const placedAt = "2025-12-31T23:30:00Z";

    const { text } = compose("order_confirmed", { placedAt }, { shop: { ...SHOP, timeZone: "Europe/Berlin" } });

    expect(text).toContain("1 January 2026");
  });

  test("of a language without templates is English", () => {
    expect(compose("order_confirmed", { language: "fr" }).subject).toMatch(/^Your order/);
  });

  test("has no link where the shop has none, and no address where none is known", () => {
    const { orderUrl: _, ...shop } = SHOP;

    const { text, html } = compose("order_confirmed", {}, { address: null, shop });

    expect(text).not.toMatch(/https?:|goes to/);
    expect(html).not.toMatch(/href|goes to/);
  });

  test("of an event from before titles were told shows the SKU, once", () => {
    const { text, html } = compose("order_confirmed", {
      lines: [{ sku: "MUG-BLUE", quantity: 2, unitPrice: 1_200, total: 2_400 }],
    });

    expect(text).toContain("- 2 x MUG-BLUE: £24.00\n");
    expect(html.match(/MUG-BLUE/g)).toHaveLength(1);
  });

  test.each([
    [150_000, "HUF", "HUF\u00a01,500.00"],
    [1_500, "JPY", "JP¥1,500"],
    [1_500, "KWD", "KWD\u00a01.500"],
  ])("of %i minor units of %s says %s", (total, currency, written) => {
    const { text, html } = compose("order_confirmed", { currency, total });

    expect(text).toContain(`Total: ${written}\n`);
    expect(html).toContain(`>${written}<`);
  });

  test.each([
    [
      { name: "青木", line1: "千代田1-1", city: "千代田区", region: "東京都", postalCode: "100-0001", country: "JP" },
      ["〒100-0001", "東京都", "千代田1-1", "青木", "千代田区", "Japan"],
    ],
    [
      { name: "Aoki", line1: "1-1 Chiyoda", city: "Chiyoda", region: "Tokyo", postalCode: "100-0001", country: "JP" },
      ["Aoki", "1-1 Chiyoda, Tokyo", "100-0001", "Japan"],
    ],
    [{ ...ADDRESS, region: "Middlesex" }, ["Ada Lovelace", "12 St James Square", "London", "SW1Y 4JH", "Middlesex"]],
    [{ name: "Noor", line1: "Al Wasl Road", city: "Dubai", country: "AE" }, ["Noor", "Al Wasl Road"]],
    [{ ...ADDRESS, country: "ZZ" }, ["Ada Lovelace", "12 St James Square", "London"]],
  ])("writes an address as its country does (%#)", (address, lines) => {
    const { text } = compose("order_confirmed", {}, { address });

    expect(text).toContain(lines.map((line) => `    ${line}\n`).join(""));
  });
});

describe("what ended badly", () => {
  test("is said with its reason, and that nothing was charged, where the payment failed", () => {
    const { text } = compose("payment_failed", { reason: "insufficient_funds" });

    expect(text).toContain("there was not enough money in the account. You have not been charged.");
    expect(text).toContain("place the order again");
  });

  test.each([
    ["authentication_failed", "your bank could not confirm that it was you", "Ihre Bank konnte nicht bestätigen"],
    ["expired_card", "the card has expired", "die Karte ist abgelaufen"],
    ["card_declined", "your bank declined it", "Ihre Bank hat sie abgelehnt"],
    ["payment_canceled", "it was cancelled", "sie wurde abgebrochen"],
  ])("%s is a sentence in each language", (reason, english, german) => {
    expect(compose("payment_failed", { reason }).text).toContain(`: ${english}`);
    expect(wordsOf(compose("payment_failed", { reason }).html)).toContain(`: ${english}`);
    expect(compose("payment_failed", { reason, language: "de" }).text).toContain(`: ${german}`);
  });

  const codes = Object.values(TEST_METHODS).flatMap(({ declineCode = [] }) => declineCode);
  test.each([...codes, "authentication_failed", "provider_timeout", "payment_canceled"])(
    "%s, which the shop itself may answer, is not called a refusal by somebody",
    (reason) => {
      for (const language of ["de", "en"]) {
        const [known, unknown] = [reason, "unheard_of"].map((each) =>
          compose("payment_failed", { reason: each, language }),
        );
        expect(known?.text).not.toBe(unknown?.text);
      }
    },
  );

  test.each(["do_not_know<script>", "constructor", undefined])(
    "a reason that is nobody's sentence, %s, is not repeated",
    (reason) => {
      const { text } = compose("payment_failed", reason === undefined ? {} : { reason });

      expect(text).toContain("your bank or our payment provider refused it. You have not been charged.");
    },
  );

  test("is told of an order that could not be had, and of one that was not paid in time", () => {
    expect(compose("order_rejected", { reason: "out_of_stock" }).text).toContain(
      "not everything in it is still in stock",
    );
    expect(compose("order_expired", { reason: "payment_not_completed" }).text).toContain("that did not happen in time");
  });
});
