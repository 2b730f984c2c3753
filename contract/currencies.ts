// ISO 4217: the one table of currencies and their minor units for everything that reads or writes money. Never the runtime's
// Intl, which follows what people print: no digits for the forint, which has two, and an invoice a hundred times too large.

/** Currency codes by the digits of their minor unit, after the list that SIX publishes for ISO, amendment 176 (XCG) included. */
const BY_MINOR_UNITS = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2:
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP " +
    "COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD " +
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR " +
    "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY " +
    "TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
} as const;

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_MINOR_UNITS).flatMap(([digits, codes]) =>
    codes.split(" ").map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** Every currency that a price may be in, in the order of the alphabet. Metals and test codes have no minor unit and are none. */
export const CURRENCIES: readonly string[] = [...MINOR_UNITS.keys()].sort();

export const isCurrency = (code: string): boolean => MINOR_UNITS.has(code);

/** Digits of the currency's minor unit; two for one that was withdrawn since an amount was written in it. */
export const minorUnits = (currency: string): number => MINOR_UNITS.get(currency) ?? 2;
