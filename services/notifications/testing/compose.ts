// Mails as the worker composes them, of Ada's order unless told otherwise.
import type { Address } from "../../../contract/addresses.ts";
import { composeMail, type ToCompose } from "../composing/compose-mail.ts";
import { openTemplates } from "../composing/templates.ts";
import { DELIVERY_KINDS } from "../delivery-kinds.ts";
import { ADDRESS, orderFacts, SHOP } from "./order-events.ts";

/** Those that come with the service. */
export const templates = openTemplates();

/** Each kind in each language that comes with the service. */
export const EVERY_MAIL = ["de", "en"].flatMap((language) => DELIVERY_KINDS.map((kind) => [kind, language] as const));

export const compose = (
  kind: ToCompose["kind"],
  changes: Parameters<typeof orderFacts>[0] = {},
  { address = ADDRESS as Address | null, shop = SHOP } = {},
) => composeMail(templates, shop, { kind, order: orderFacts(changes), address });
