// The words of a mail with a code. Pure.

import type { Composed } from "../composing/compose-mail.ts";
import { tidy } from "../composing/compose-mail.ts";
import type { Templates } from "../composing/templates.ts";
import { oneLine, type Shop } from "../composing/write-order.ts";
import type { AccountMailKind } from "../delivery-kinds.ts";

export interface AccountMail {
  kind: AccountMailKind;
  language: string | null;
  code: string;
}

/** @throws Error that names the template, its line and what is wrong with it */
export function writeAccountMail(
  templates: Templates,
  shop: Shop,
  { kind, language: wanted, code }: AccountMail,
): Composed {
  const { language, render } = templates.of(kind, wanted);
  // Where the shop says that codes are entered, and never where a request says that it came to.
  const url = shop.accountUrl?.replaceAll("{code}", encodeURIComponent(code)) ?? null;
  const model = { language, shop: { name: oneLine(shop.name) }, order: null, code, url };
  const subject = oneLine(render("subject", { ...model, subject: "" }));
  return {
    subject,
    text: tidy(render("text", { ...model, subject })),
    html: `${render("html", { ...model, subject }).trim()}\n`,
  };
}
