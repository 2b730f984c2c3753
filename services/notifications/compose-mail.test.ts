import { expect, test } from "@jest/globals";
import { composeMail, formatMoney } from "./compose-mail.ts";
import { DELIVERY_KINDS } from "./delivery-kinds.ts";
import { orderFacts } from "./testing/order-events.ts";

test("a confirmation lists what was bought and what it costs", () => {
  const teapots = { sku: "TEAPOT", quantity: 12, unitPrice: 10_000, total: 120_000 };
  const mug = { sku: "MUG-BLUE", quantity: 1, unitPrice: 1_200, total: 1_200 };

  const { subject, text } = composeMail("order_confirmed", orderFacts({ lines: [teapots, mug], total: 121_200 }));

  expect(subject).toBe("Your order 7KD2M-X9PQR is confirmed");
  expect(text).toContain("  12 x TEAPOT   £1,200.00\n  1 x MUG-BLUE     £12.00\n  Total         £1,212.00\n");
});

test("a failed payment says why in words, that nothing was charged, and what to do next", () => {
  const { text } = composeMail("payment_failed", orderFacts({ reason: "insufficient_funds" }));

  expect(text).toContain("there was not enough money in the account. You have not been charged.");
  expect(text).toContain("place the order again");
});

test.each(["do_not_honor<script>", "constructor", undefined])(
  "a reason that is nobody's sentence, %s, is not repeated",
  (reason) => {
    const { text } = composeMail("payment_failed", orderFacts({ ...(reason === undefined ? {} : { reason }) }));

    expect(text).toContain("it was refused. You have not been charged.");
  },
);

test.each(DELIVERY_KINDS)("an order number with line breaks begins no line of its own in %s", (kind) => {
  const { subject, text } = composeMail(kind, orderFacts({ number: "7KD2M\r\nBcc: mallory@example.com\u2028X" }));

  expect(subject).toContain("7KD2M Bcc: mallory@example.com X");
  expect(text).not.toMatch(/^Bcc:/m);
});

test.each([
  [123_456, "GBP", "£1,234.56"],
  [5, "EUR", "€0.05"],
  [500, "JPY", "JP¥500"],
  [1_234, "KWD", "KWD\u00a01.234"],
  // The largest exact number: divided by a hundred as a float it would end in .92.
  [9_007_199_254_740_991, "GBP", "£90,071,992,547,409.91"],
])("%i minor units of %s are %s", (amount, currency, written) => {
  expect(formatMoney(amount, currency)).toBe(written);
});
