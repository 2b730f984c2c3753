// The shared vocabulary of the contracts: field schemas that mean the same thing in every service.
// Where there are two of a name, `PersonNameInput` is what is taken today, and `PersonName` what is kept and told: it was good
// when it was written, by the rules of that day, and events have promised no more of it.
import { type Static, type TSchema, Type } from "typebox";
import { COUNTRIES } from "./countries.ts";
import { CURRENCIES } from "./currencies.ts";
import { MaybeLine, OneLine } from "./text.ts";

// Patterns beside the formats: a format's checker takes what the database does not, `urn:uuid:` and leap seconds for two.
export const Uuid = Type.String({
  format: "uuid",
  pattern: "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
  description: "UUIDv7",
});
export const Timestamp = Type.String({
  format: "date-time",
  pattern: "^[1-9]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d)$",
  description: "ISO 8601, from the year 1000 on",
});
export const PersonName = Type.String({ minLength: 1, maxLength: 200 });
export const PersonNameInput = OneLine(200);
export const Phone = Type.String({ maxLength: 40 });
export const PhoneInput = MaybeLine(40);

/** No list of them: a shop writes in the languages that it has templates for, and a narrower promise could never be widened. */
export const Language = Type.String({
  pattern: "^[a-z]{2,3}(?:-[A-Z]{2})?$",
  description: "Language of BCP 47, with a region or without: `de`, `de-AT`",
});

/** Printable, no leading or trailing space; case matters, because real shops have `85123A` beside `85123a`. */
export const Sku = Type.String({ pattern: "^[!-~](?:[ -~]{0,62}[!-~])?$", description: "Stock keeping unit" });
export const Slug = Type.String({ pattern: "^[a-z0-9]+(?:-[a-z0-9]+)*$", maxLength: 120 });
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" });
export const CurrencyInput = Type.Unsafe<string>(
  Type.String({ title: "CurrencyInput", enum: [...CURRENCIES], description: "ISO 4217" }),
);
export const Country = Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2" });
export const CountryInput = Type.Unsafe<string>(
  Type.String({ title: "CountryInput", enum: [...COUNTRIES], description: "ISO 3166-1 alpha-2" }),
);
export const Reference = Type.String({
  pattern: "^[!-~]{1,120}$",
  description: "The caller's own identifier, unique among its kind",
});

/** The largest amount that one row may hold: sums of many of them still fit an IEEE double exactly. */
export const MAX_AMOUNT = 1_000_000_000_000;
export const Amount = Type.Integer({ minimum: 0, maximum: MAX_AMOUNT, description: "Minor units of the currency" });
export const MoneySchema = Type.Object(
  { amount: Amount, currency: Currency },
  { additionalProperties: false, title: "Money" },
);
export const MoneyInput = Type.Object(
  { amount: Amount, currency: CurrencyInput },
  { additionalProperties: false, title: "MoneyInput" },
);
export const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** What the gateway makes of an `Idempotency-Key` header: the key, and a digest of method, path and body. */
export const Idempotency = Type.Object(
  { key: Type.String({ minLength: 1, maxLength: 255 }), fingerprint: Type.String({ minLength: 1, maxLength: 128 }) },
  { additionalProperties: false },
);
export type Idempotency = Static<typeof Idempotency>;

export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "Page size, 25 by default" }));
export const After = Type.Optional(
  Type.String({ minLength: 1, maxLength: 500, description: "Cursor: the `nextCursor` of the page before" }),
);

/** `{ data, page: { hasMore, nextCursor } }`, the shape of every list. */
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({
    data: Type.Array(item),
    page: Type.Object({ hasMore: Type.Boolean(), nextCursor: Nullable(Type.String()) }),
  });

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** A literal union that reads as `enum` in the published documents. */
export const OneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));
