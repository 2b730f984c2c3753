// Prices as spreadsheets hold them: 4.95 pounds, 495 yen.
import { minorUnits } from "../../../contract/currencies.ts";
import { MAX_AMOUNT } from "../../../contract/fields.ts";

/** The price in minor units; null when the text is no price of this currency: negative, too fine, too large or no number. */
export function readPrice(text: string, currency: string): number | null {
  const digits = minorUnits(currency);
  const [, whole, fraction = ""] = /^(\d{1,13})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  // Put together as text: 4.35 * 100 is not 435.
  const amount = Number(whole + fraction.padEnd(digits, "0"));
  return amount <= MAX_AMOUNT ? amount : null;
}
