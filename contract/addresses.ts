// Postal addresses of the whole world: what is asked for, and what each country wants of it.
import { formatAddress } from "localized-address-format";
import { postcodeValidator, postcodeValidatorExistsForCountry } from "postcode-validator";
import { type Static, Type } from "typebox";
import type { FieldError } from "./compile.ts";
import { COUNTRIES } from "./countries.ts";
import { Country, CountryInput, PersonName, PersonNameInput, Phone, PhoneInput } from "./fields.ts";
import { MaybeLine, OneLine } from "./text.ts";

const lines = {
  name: PersonNameInput,
  line1: OneLine(200),
  line2: Type.Optional(MaybeLine(200)),
  city: OneLine(120),
  region: Type.Optional(MaybeLine(120, { description: "State, province, emirate; required in some countries" })),
  postalCode: Type.Optional(MaybeLine(20, { description: "Required where the country sorts its mail by it" })),
};

/** An address as it is given. What may be absent may be empty too, and is the same then. */
export const AddressInput = Type.Object(
  { ...lines, country: CountryInput, phone: Type.Optional(PhoneInput) },
  { additionalProperties: false, title: "AddressInput" },
);
export type AddressInput = Static<typeof AddressInput>;

/** An address as it is kept: it was good when it was written, by the rules of that day. */
export const Address = Type.Object(
  {
    name: PersonName,
    line1: Type.String(),
    line2: Type.Optional(Type.String()),
    city: Type.String(),
    region: Type.Optional(Type.String()),
    postalCode: Type.Optional(Type.String()),
    country: Country,
    phone: Type.Optional(Phone),
  },
  { title: "Address" },
);
export type Address = Static<typeof Address>;

/** The address without what was left empty. */
export const tidyAddress = (given: AddressInput): Address =>
  Object.fromEntries(Object.entries(given).filter(([, words]) => words !== "")) as Address;

export type FieldUse = "required" | "optional" | "unused";
type Governed = "postalCode" | "region";

// Which countries cannot deliver without it: facts of Google's address data (libaddressinput, field `require`), from which
// localized-address-format has its formats and leaves this part out. A region counts only where the town is required beside it;
// where the data asks for a region alone (Dubai, Hong Kong), the city says it.
const REQUIRED: Readonly<Record<Governed, ReadonlySet<string>>> = {
  postalCode: codes(
    "AS AU AT BE BR IO CA CN CZ DK EE FK FI FR GF PF DE GR GL GP GU HU IN IT JP KR LV LI LT LU MY MH MQ YT MX FM NL NC NZ MP NO " +
      "PW PN PL PT PR RE RO RU SH PM SM SG SK ZA GS ES SJ SE CH TW TR TC UA GB US VI WF AX GG IM JE BL MF",
  ),
  region: codes("AS AU BR CA CN CR SV PF HN IN IQ IT JM KR MH MX FM MP PW PG RU KN SO ES TW UM US VE VI"),
};

function codes(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** What stands in an address of this country. */
export function useOf(field: Governed, country: string): FieldUse {
  if (REQUIRED[field].has(country)) return "required";
  const written = formatAddress({ postalCountry: country, postalCode: "postalCode", administrativeArea: "region" });
  return written.some((line) => line.includes(field)) ? "optional" : "unused";
}

// Right codes that the library's patterns refuse: British forces and Girobank, Cambodia's and Nicaragua's of today, Lima's districts.
const ALSO: Readonly<Record<string, RegExp>> = {
  GB: /^(?:BFPO ?\d{1,4}|GIR ?0AA)$/,
  KH: /^\d{5,6}$/,
  NI: /^\d{5}$/,
  PE: /^(?:LIMA|CALLAO) ?\d{1,2}$/,
  SO: /^[A-Z]{2} ?\d{5}$/,
};

/** Whether a postal code looks like one of this country, in any case, with or without the country before it (`CH-8001`). */
export function looksLikePostalCode(text: string, country: string): boolean {
  if (!postcodeValidatorExistsForCountry(country) || useOf("postalCode", country) === "unused") return true;
  const code = text.toUpperCase();
  const bare = code.startsWith(`${country}-`) ? code.slice(country.length + 1) : code;
  return [code, bare].some((each) => postcodeValidator(each, country) || ALSO[country]?.test(each) === true);
}

const KNOWN = new Set(COUNTRIES);

type Place = { country: string; region?: string | null | undefined; postalCode?: string | null | undefined };

/**
 * What the country of an address wants otherwise; nothing when all is well.
 * @param pointer where the address stands in what was sent, `/shippingAddress`
 */
export function faultsOfAddress(address: Place, pointer = ""): FieldError[] {
  const { country, postalCode } = address;
  if (!KNOWN.has(country)) return [{ pointer: `${pointer}/country`, code: "unknown", message: "is no country" }];
  const missing = (["postalCode", "region"] as const).filter(
    (field) => !address[field] && useOf(field, country) === "required",
  );
  return [
    ...missing.map((field) => ({
      pointer: `${pointer}/${field}`,
      code: "required_in_country",
      message: `is required in ${country}`,
    })),
    ...(postalCode && !looksLikePostalCode(postalCode, country)
      ? [{ pointer: `${pointer}/postalCode`, code: "malformed_in_country", message: `is no postal code of ${country}` }]
      : []),
  ];
}
