// Prices as spreadsheets hold them: 4.95 pounds, 495 yen, 4,95 euros. What may mean two prices is none.

import { minorUnits } from "../../../contract/currencies.ts";
import { MAX_AMOUNT } from "../../../contract/fields.ts";

/** Minor units, or what is wrong with the text. */
export type Price = { amount: number } | { flaw: string };

/** What stands before decimals in the prices of a file. */
export type DecimalMarks = "." | "," | "both";

/** What a price that a computer has written looks like, whatever its marks mean. */
const PLAIN = /^(\d{1,13})(?:([.,])(\d+))?$/;

/**
 * The decimal marks of a file. Where commas part its cells it is the point. Elsewhere it is what the prices show, and the comma
 * where they show nothing: a mark before three digits shows nothing, since it may part thousands.
 */
export function decimalMarksOf(prices: readonly string[], delimiter: string): DecimalMarks {
  if (delimiter === ",") return ".";
  const shown = new Set(
    prices.map((text) => {
      const [, , mark, fraction] = PLAIN.exec(text) ?? [];
      return fraction?.length === 3 ? undefined : mark;
    }),
  );
  if (!shown.has(".")) return ",";
  return shown.has(",") ? "both" : ".";
}

const FOLLOW = {
  ".": "decimals follow a point in this file",
  ",": "decimals follow a comma in this file",
  both: "decimals follow points and commas in this file",
};

/** @param delimiter what parts the cells of the file */
export function readPrice(text: string, currency: string, marks: DecimalMarks, delimiter: string): Price {
  const [, whole, mark, fraction = ""] = PLAIN.exec(text) ?? [];
  if (whole === undefined) return { flaw: flawOf(text, marks) };
  if (mark === "," && delimiter === ",") {
    return { flaw: "has a comma: in a file with commas between its cells a price is written 4.95" };
  }
  if (delimiter !== "," && fraction.length === 3 && mark !== marks) {
    const sign = mark === "." ? "point" : "comma";
    return {
      flaw: `has a ${sign} before three digits, and ${FOLLOW[marks]}: write ${whole}${fraction} if that is meant`,
    };
  }
  const digits = minorUnits(currency);
  if (fraction.length > digits) return { flaw: `has more decimals than ${currency}, which has ${digits || "none"}` };
  // Put together as text: 4.35 * 100 is not 435.
  const amount = Number(whole + fraction.padEnd(digits, "0"));
  return amount <= MAX_AMOUNT ? { amount } : { flaw: "is more than a price may be" };
}

function flawOf(text: string, marks: DecimalMarks): string {
  if (text === "") return "is missing";
  if (/^[-−–]\s*\d/.test(text)) return "is less than nothing";
  if (/^\d{1,3}(?:[.,'’\s]\d+)+$/.test(text)) return "has marks between its thousands: write it without them";
  return `is no number: write digits alone, such as ${marks === "," ? "4,95" : "4.95"}, and the currency in its own column`;
}
