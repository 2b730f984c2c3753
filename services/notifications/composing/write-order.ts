// An order as the templates see it: everything a line of text that is ready to be written, and nothing left undefined, so that
// a template which names what does not exist fails.
import { formatAddress } from "localized-address-format";
import type { Address } from "../../../contract/addresses.ts";
import type { EventData } from "../../../contract/events/events.ts";
import { formatMoney } from "../../../contract/format-money.ts";

/** What an order's event says of it. */
export type OrderFacts = EventData<"orders.confirmed"> & { reason?: string };

/** What a shop says of itself in its mails. */
export interface Shop {
  name: string;
  /** Where an order is seen, with `{id}` or `{number}` in the place of its own; absent where it is seen nowhere. */
  orderUrl?: string | undefined;
  /** Where a code from a mail is entered, with `{code}` in the place of it; absent where it is entered by hand. */
  accountUrl?: string | undefined;
  /** IANA name: the days of the shop. */
  timeZone: string;
}

export interface WrittenOrder {
  number: string;
  /** `1 March 2026` */
  placedOn: string;
  url: string | null;
  lines: { title: string; sku: string; quantity: string; unitPrice: string; total: string }[];
  total: string;
  /** Why it ended badly, as a code. */
  reason: string | null;
  /** The lines of a label, the country last. */
  address: string[] | null;
}

/** @param language of the templates that it is written for */
export function writeOrder(
  order: OrderFacts,
  { language, address, shop }: { language: string; address: Address | null; shop: Shop },
): WrittenOrder {
  const locale = localeOf(language);
  const money = (amount: number) => formatMoney({ amount, currency: order.currency }, locale);
  const count = new Intl.NumberFormat(locale);
  return {
    number: oneLine(order.number),
    placedOn: new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: shop.timeZone }).format(
      new Date(order.placedAt),
    ),
    url: urlOf(order, shop),
    lines: order.lines.map(({ sku, title, quantity, unitPrice, total }) => ({
      // Events of before titles were told have none.
      title: oneLine(title ?? sku) || oneLine(sku),
      sku: oneLine(sku),
      quantity: count.format(quantity),
      unitPrice: money(unitPrice),
      total: money(total),
    })),
    total: money(order.total),
    reason: order.reason ?? null,
    address: address && labelOf(address, language),
  };
}

/** Plain `en` would be American, with `$` for its own dollars alone and the month first; a shop that is has templates `en-US`. */
const localeOf = (language: string): string => (language === "en" ? "en-001" : language);

const urlOf = ({ orderId, number }: OrderFacts, { orderUrl }: Shop): string | null =>
  orderUrl
    ?.replaceAll("{id}", encodeURIComponent(orderId))
    .replaceAll("{number}", encodeURIComponent(number.toWellFormed())) ?? null;

/**
 * As it is written in its country, for whoever reads it there, and the country in the reader's language, for their own post
 * office. Formats are those of libaddressinput; what a format has no place for, as Japan's has none for a city, is not lost.
 */
function labelOf({ name, line1, line2, city, region, postalCode, country }: Address, language: string): string[] {
  const parts = [name, line1, line2, city, region, postalCode].flatMap((part) => part || []);
  const script = parts.every((part) => IN_LATIN.test(part)) ? "latin" : "local";
  const label = formatAddress(
    {
      name,
      addressLines: line2 ? [line1, line2] : [line1],
      locality: city,
      ...(region ? { administrativeArea: region } : {}),
      ...(postalCode ? { postalCode } : {}),
      postalCountry: country,
    },
    script,
  );
  const left = parts.filter((part) => !label.some((line) => line.includes(part)));
  return [...label, ...left, countryIn(language, country)].map(oneLine).filter((line) => line !== "");
}

/** Without a letter of another script. */
const IN_LATIN = /^[\p{Script=Latin}\P{L}]*$/u;

function countryIn(language: string, country: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(country) ?? country;
  } catch {
    return country;
  }
}

// What ends a line, and what shows the text beside it in another order (UAX #9). New texts are taken without, but events stay.
const LINE_BREAKERS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** One line: a line break in a value could begin a header, or a line that the shop never wrote. */
export const oneLine = (text: string): string => text.toWellFormed().replace(LINE_BREAKERS, " ").trim();
