// Prices as spreadsheets hold them: 4.95 pounds, 495 yen.
import { MAX_AMOUNT } from "../../../contract/fields.ts";

// ISO 4217 and not the runtime's ICU, which follows what people print: 0 digits for the forint, which has 2.
const DIGITS = new Map<string, number>([
  ...["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"].map(zero),
  ...["XAF", "XOF", "XPF"].map(zero),
  ...["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code): [string, number] => [code, 3]),
  ...["CLF", "UYW"].map((code): [string, number] => [code, 4]),
]);
function zero(code: string): [string, number] {
  return [code, 0];
}

/** The price in minor units; null when the text is no price of this currency: negative, too fine, too large or no number. */
export function readPrice(text: string, currency: string): number | null {
  const digits = DIGITS.get(currency) ?? 2;
  const [, whole, fraction = ""] = /^(\d{1,13})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  // Put together as text: 4.35 * 100 is not 435.
  const amount = Number(whole + fraction.padEnd(digits, "0"));
  return amount <= MAX_AMOUNT ? amount : null;
}
