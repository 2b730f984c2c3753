// The shared vocabulary of the contracts: field schemas that mean the same thing in every service.
// Where there are two of a name, `PersonNameInput` is what is taken today, and `PersonName` what is kept and told: it was good
// when it was written, by the rules of that day, and events have promised no more of it.
import { type Static, type TSchema, Type } from "typebox";
import { COUNTRIES } from "./countries.ts";
import { CURRENCIES } from "./currencies.ts";
import { MaybeLine, OneLine } from "./text.ts";

const DIGIT = "[0-9]";
const TWO = DIGIT + DIGIT;

// Patterns beside the formats: a format's checker takes what the database does not, `urn:uuid:` and leap seconds for two.
export const Uuid = Type.String({
  format: "uuid",
  pattern: "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
  title: "Uuid",
  description: "UUIDv7",
});
export const Timestamp = Type.String({
  format: "date-time",
  // `[0-9]`, since `\d` is more than that in Python.
  pattern: `^[1-9]${DIGIT}{3}-${TWO}-${TWO}T${TWO}:${TWO}:[0-5]${DIGIT}(?:\\.${DIGIT}{1,9})?(?:Z|[+-]${TWO}:${TWO})$`,
  title: "Timestamp",
  description: "ISO 8601, from the year 1000 on",
});
export const PersonName = Type.String({ minLength: 1, maxLength: 200 });
export const PersonNameInput = OneLine(200, { title: "PersonNameInput" });
export const Phone = Type.String({ maxLength: 40 });
export const PhoneInput = MaybeLine(40, { title: "PhoneInput" });

/** No list of them: a shop writes in the languages that it has templates for, and a narrower promise could never be widened. */
export const Language = Type.String({
  pattern: "^[a-z]{2,3}(?:-[A-Z]{2})?$",
  description: "Language of BCP 47, with a region or without: `de`, `de-AT`",
});

/** Printable, no leading or trailing space; case matters, because real shops have `85123A` beside `85123a`. */
export const Sku = Type.String({
  pattern: "^[!-~](?:[ -~]{0,62}[!-~])?$",
  title: "Sku",
  description: "Stock keeping unit",
});
export const Slug = Type.String({ pattern: "^[a-z0-9]+(?:-[a-z0-9]+)*$", maxLength: 120, title: "Slug" });
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", title: "Currency", description: "ISO 4217" });
export const CurrencyInput = Type.Unsafe<string>(
  Type.String({ title: "CurrencyInput", enum: [...CURRENCIES], description: "ISO 4217" }),
);
export const Country = Type.String({ pattern: "^[A-Z]{2}$", title: "Country", description: "ISO 3166-1 alpha-2" });
export const CountryInput = Type.Unsafe<string>(
  Type.String({ title: "CountryInput", enum: [...COUNTRIES], description: "ISO 3166-1 alpha-2" }),
);
export const Reference = Type.String({
  pattern: "^[!-~]{1,120}$",
  title: "Reference",
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
  Type.String({
    pattern: "^[A-Za-z0-9_-]{1,500}$",
    title: "Cursor",
    description: "The `nextCursor` of the page before; one of another list is 422 `invalid_cursor`",
  }),
);

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** A literal union that reads as `enum` in the published documents. @param title its name there */
export const OneOf = <const T extends readonly string[]>(values: T, title?: string) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values], ...(title && { title }) }));

export const PageInfo = Type.Object(
  { hasMore: Type.Boolean(), nextCursor: Nullable(Type.String()) },
  { title: "PageInfo" },
);
/** Where the published document finds what a schema stands for. */
export const PUBLISHED_AS = "x-published-as";
/** Published as this, and anything to the check of the parameters: who takes it looks at each by itself, and tells of each. */
export const CheckedLater = (schema: TSchema) => Type.Unsafe<unknown>({ [PUBLISHED_AS]: schema });

/** `{ data, page: { hasMore, nextCursor } }`, the shape of every list. A page of `Order` is called `OrderPage`. */
export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), page: PageInfo }, titled(item, "Page"));

const titled = (schema: TSchema, suffix: string) => {
  const { title } = schema as { title?: string };
  return title === undefined ? {} : { title: `${title}${suffix}` };
};
