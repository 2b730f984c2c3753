// What a customer is told, from the facts of an order. Pure: the same facts and templates make the same mail.
import type { Address } from "../../../contract/addresses.ts";
import type { DeliveryKind } from "../delivery-kinds.ts";
import type { Templates } from "./templates.ts";
import { type OrderFacts, oneLine, type Shop, writeOrder } from "./write-order.ts";

export interface Composed {
  subject: string;
  text: string;
  html: string;
}

export interface ToCompose {
  kind: DeliveryKind;
  order: OrderFacts;
  /** Null where it is not known, or not told. */
  address: Address | null;
}

/** @throws Error that names the template, its line and what is wrong with it */
export function composeMail(templates: Templates, shop: Shop, { kind, order, address }: ToCompose): Composed {
  const { language, render } = templates.of(kind, order.language ?? null);
  const written = writeOrder(order, { language, address, shop });
  const model = { language, shop: { name: oneLine(shop.name) }, order: written };
  const subject = oneLine(render("subject", { ...model, subject: "" }));
  return {
    subject,
    text: tidy(render("text", { ...model, subject })),
    html: `${render("html", { ...model, subject }).trim()}\n`,
  };
}

/** What a template says nothing of leaves empty lines behind; one of them parts paragraphs. */
export const tidy = (text: string): string =>
  `${text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
