const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?$/;
const INTEGER = /^-?\d+(?:\.0+)?$/;
const ISO_DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?Z?)?$/;
const US_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * Pounds in decimal notation to pence, digit by digit: no float ever holds the price.
 * Answers "fraction" for a price that is no whole number of pence, undefined for what is no price.
 */
export function parsePence(text: string): number | "fraction" | undefined {
  const parts = DECIMAL.exec(text);
  if (!parts) return undefined;
  const [, sign = "", pounds = "", decimals = ""] = parts;
  if (pounds === "" && decimals === "") return undefined;
  if (/[1-9]/.test(decimals.slice(2))) return "fraction";
  const pence = Number(pounds + decimals.slice(0, 2).padEnd(2, "0"));
  if (!Number.isSafeInteger(pence)) return undefined;
  return sign === "-" && pence !== 0 ? -pence : pence;
}

/** A whole number, also written `6.0`; undefined for anything else. */
export function parseQuantity(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined;
  const quantity = Number(text);
  return Number.isSafeInteger(quantity) ? quantity : undefined;
}

/** `2010-12-01 08:26:00` or, month first, `12/1/2010 8:26`, read as UTC, to milliseconds; undefined when it is no date. */
export function parseDate(text: string): number | undefined {
  const iso = ISO_DATE.exec(text);
  if (iso) return utc(iso[1], iso[2], iso[3], iso[4], iso[5], iso[6]);
  const us = US_DATE.exec(text);
  return us ? utc(us[3], us[1], us[2], us[4], us[5], us[6]) : undefined;
}

/** `17850`, also written `17850.0` by programs that take the column for numbers; undefined for a guest. */
export function parseCustomer(text: string): string | undefined {
  return text.replace(/\.0+$/, "") || undefined;
}

function utc(year = "", month = "", day = "", hour = "0", minute = "0", second = "0"): number | undefined {
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(time);
  // Date.UTC rolls the 31st of February over into March.
  const rolledOver = date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day);
  return rolledOver || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 ? undefined : time;
}
