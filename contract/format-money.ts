// Money as people write it, in their language. The one place where minor units become major ones.
import { minorUnits } from "./currencies.ts";
import type { Money } from "./money.ts";

// Making a formatter costs more than the rest of a mail.
const formats = new Map<string, Intl.NumberFormat>();

/**
 * `HUF 1,500.00` in English, `1.500,00 HUF` in German. Exact: the amount reaches the formatter as a decimal text, never as a
 * fraction, and with the digits of ISO 4217, never those that the runtime takes to be usual.
 * @param locale of BCP 47; formatters are kept for each that was asked for, so a customer's own word belongs through a list first
 */
export function formatMoney({ amount, currency }: Money, locale: string): string {
  const digits = minorUnits(currency);
  const key = `${locale} ${currency}`;
  const format = formats.get(key) ?? formatOf(currency, digits, locale);
  formats.set(key, format);
  return format.format(`${amount}E-${digits}` as Intl.StringNumericLiteral);
}

const formatOf = (currency: string, digits: number, locale: string) =>
  new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
