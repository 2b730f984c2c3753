// Prices as spreadsheets hold them: 4.95 pounds, 495 yen, 4,95 euros. What may mean two prices is none.

import { minorUnits } from "../../../contract/currencies.ts";
import { MAX_AMOUNT } from "../../../contract/fields.ts";

/** Minor units, or what is wrong with the text. */
export type Price = { amount: number } | { flaw: string };

/**
 * @param decimalComma whether the file has decimal commas, as those have that do not part their cells with commas. A decimal
 *   point is read there as well, unless three digits follow it: `1.299` is a thousand for whoever writes such files.
 */
export function readPrice(text: string, currency: string, decimalComma: boolean): Price {
  const [, whole, mark, fraction = ""] = /^(\d{1,13})(?:([.,])(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return { flaw: flawOf(text, decimalComma) };
  if (mark === "," && !decimalComma) {
    return { flaw: "has a comma: in a file with commas between its cells a price is written 4.95" };
  }
  if (mark === "." && decimalComma && fraction.length === 3) {
    return { flaw: `may mean ${whole}${fraction} or ${whole},${fraction}: write the one that is meant` };
  }
  const digits = minorUnits(currency);
  if (fraction.length > digits) return { flaw: `has more decimals than ${currency}, which has ${digits || "none"}` };
  // Put together as text: 4.35 * 100 is not 435.
  const amount = Number(whole + fraction.padEnd(digits, "0"));
  return amount <= MAX_AMOUNT ? { amount } : { flaw: "is more than a price may be" };
}

function flawOf(text: string, decimalComma: boolean): string {
  if (text === "") return "is missing";
  if (/^[-−–]\s*\d/.test(text)) return "is less than nothing";
  if (/^\d{1,3}(?:[.,'’\s]\d+)+$/.test(text)) return "has marks between its thousands: write it without them";
  return `is no number: write digits alone, such as ${decimalComma ? "4,95" : "4.95"}, and the currency in its own column`;
}
