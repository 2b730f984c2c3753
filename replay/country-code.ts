// What the data set calls places that English names of countries do not cover. The Channel Islands have two codes and
// no common one; Jersey stands for both.
const OTHER_NAMES: Record<string, string> = {
  "channel islands": "JE",
  "czech republic": "CZ",
  eire: "IE",
  "european community": "EU",
  "hong kong": "HK",
  korea: "KR",
  macedonia: "MK",
  rsa: "ZA",
  turkey: "TR",
  uk: "GB",
  unspecified: "ZZ",
  usa: "US",
};

/** The code for no known country. */
export const UNKNOWN_COUNTRY = "ZZ";

let codesByName: Map<string, string> | undefined;

/** ISO 3166 alpha-2 code of an English country name; undefined when nobody knows it. */
export function countryCode(name: string): string | undefined {
  const key = name.trim().toLowerCase();
  codesByName ??= englishNames();
  return OTHER_NAMES[key] ?? codesByName.get(key);
}

function englishNames(): Map<string, string> {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const codes = new Map<string, string>();
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code);
    // Withdrawn codes (UK, DD) answer with the name of the country that has another code now.
    if (name && new Intl.Locale("und", { region: code }).region === code) codes.set(name.toLowerCase(), code);
  }
  return codes;
}
