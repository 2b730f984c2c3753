// Tries every template before the first customer does: with all that may be known of an order, and with as little as may be.
import type { Address } from "../../../contract/addresses.ts";
import { writeAccountMail } from "../accounts/write-account-mail.ts";
import { ACCOUNT_MAIL_KINDS, DELIVERY_KINDS } from "../delivery-kinds.ts";
import { composeMail } from "./compose-mail.ts";
import type { Templates } from "./templates.ts";
import type { OrderFacts, Shop } from "./write-order.ts";

const BARE: OrderFacts = {
  orderId: "00000000-0000-7000-8000-000000000000",
  number: "7KD2M-X9PQR",
  customerId: null,
  email: "ada@example.com",
  currency: "GBP",
  total: 2_400,
  country: "GB",
  placedAt: "2026-03-01T12:00:00.000Z",
  lines: [{ sku: "MUG-BLUE", quantity: 2, unitPrice: 1_200, total: 2_400 }],
};
const FULL: OrderFacts = {
  ...BARE,
  lines: BARE.lines.map((line) => ({ ...line, title: "Enamel mug, blue" })),
  reason: "card_declined",
};
const ADDRESS: Address = {
  name: "Ada Lovelace",
  line1: "12 St James Square",
  city: "London",
  postalCode: "SW1Y 4JH",
  country: "GB",
};

/** @throws Error that names the template, its line and what is wrong with it */
export function checkTemplates(templates: Templates, shop: Shop): void {
  const { orderUrl: _url, ...without } = shop;
  for (const language of templates.languages) {
    for (const kind of ACCOUNT_MAIL_KINDS) {
      for (const accountUrl of [undefined, "https://shop.example/reset?code={code}"]) {
        writeAccountMail(templates, { ...shop, accountUrl }, { kind, language, code: "AAAAAAAAAAAAAAAAAAAAAA" });
      }
    }
    for (const kind of DELIVERY_KINDS) {
      composeMail(templates, without, { kind, order: { ...BARE, language }, address: null });
      const linked = { ...shop, orderUrl: "https://shop.example/{id}" };
      composeMail(templates, linked, { kind, order: { ...FULL, language }, address: ADDRESS });
    }
  }
}
