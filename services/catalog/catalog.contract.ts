import { type Static, type TSchema, Type } from "typebox";
import { defineContract, internalTo } from "../../contract/contract.ts";
import {
  After,
  Amount,
  CheckedLater,
  CurrencyInput,
  Idempotency,
  Limit,
  MoneyInput,
  MoneySchema,
  Nullable,
  OneOf,
  Page,
  Sku,
  Slug,
  Timestamp,
  Uuid,
} from "../../contract/fields.ts";
import { sharing } from "../../contract/refusals.ts";
import { AnyText, Lines, OneLine } from "../../contract/text.ts";
import { IfVersion } from "../../contract/versions.ts";

export const PRODUCT_STATUSES = ["ACTIVE", "DRAFT", "ARCHIVED"] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export const SORTS = ["relevance", "title", "-title", "createdAt", "-createdAt", "price", "-price"] as const;
export type Sort = (typeof SORTS)[number];

export const MAX_VARIANTS = 200;
export const MAX_IMPORT_ITEMS = 20_000;

const Title = OneLine(300, { title: "ProductTitle" });
const Description = Lines(10_000, { title: "ProductDescription" });

const strict = <P extends Record<string, TSchema>>(title: string, properties: P) =>
  Type.Object(properties, { additionalProperties: false, title });

const ProductStatus = OneOf(PRODUCT_STATUSES, "ProductStatus");

const Variant = Type.Object(
  {
    id: Uuid,
    sku: Sku,
    title: Type.String({ description: "The product's title where the variant has none of its own" }),
    price: MoneySchema,
  },
  { title: "Variant" },
);

export const Product = Type.Object(
  {
    id: Uuid,
    slug: Slug,
    title: Type.String(),
    description: Nullable(Type.String()),
    status: ProductStatus,
    variants: Type.Array(Variant),
    version: Type.Integer(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: "Product" },
);
export type Product = Static<typeof Product>;

const VariantInput = strict("VariantInput", { sku: Sku, title: Type.Optional(Title), price: MoneyInput });
export type VariantInput = Static<typeof VariantInput>;
const Variants = Type.Array(VariantInput, { minItems: 1, maxItems: MAX_VARIANTS });

/** One item of an import. What is absent stays as it is in a product that exists. */
export const ImportItem = strict("ImportItem", {
  slug: Type.Optional(Slug),
  title: Title,
  description: Type.Optional(Description),
  status: Type.Optional(ProductStatus),
  variants: Variants,
});
export type ImportItem = Static<typeof ImportItem>;

export const IMPORT_OUTCOMES = ["created", "updated", "unchanged", "error"] as const;

const RowNumber = Type.Integer({ description: "Number of the item, from 1; of the line for CSV" });
const Notice = Type.Object({ row: RowNumber, code: Type.String(), message: Type.String() }, { title: "ImportNotice" });

/** A count is of items, also of a CSV: there an item is a product, however many rows it has. */
export const ImportResult = Type.Object(
  {
    dryRun: Type.Boolean({ description: "Nothing was written: this is what would be" }),
    accepted: Type.Integer({ description: "Items" }),
    rejected: Type.Integer({ description: "Items, each with one of the `errors`" }),
    errors: Type.Array(Notice),
    warnings: Type.Array(Notice, { description: "Of accepted items: what their sender may not expect" }),
    rows: Type.Array(
      Type.Object(
        {
          row: RowNumber,
          outcome: OneOf(IMPORT_OUTCOMES),
          slug: Type.Optional(Type.String({ description: "Of the product; absent with an error" })),
        },
        { title: "ImportRow" },
      ),
      { description: "Every item in order, or every line of a CSV that is one" },
    ),
  },
  { title: "ImportResult" },
);
export type ImportResult = Static<typeof ImportResult>;

const Filter = strict("ProductFilter", {
  sku: Type.Optional(Sku),
  currency: Type.Optional(CurrencyInput),
  priceFrom: Type.Optional(Amount),
  priceTo: Type.Optional(Amount),
  status: Type.Optional(ProductStatus),
});

const answerCreated = ({ product, replayed }: { product: Product; replayed: boolean }) => ({
  status: 201,
  headers: {
    Location: `/v1/products/${product.id}`,
    ...(replayed ? { "Idempotent-Replayed": "true" } : {}),
  },
  body: product,
});

export const catalog = defineContract({
  name: "catalog",
  domain: "catalog",
  topic: "commerce.catalog.v1",
  errors: {
    ...sharing("idempotency_key_reused", "version_mismatch"),
    product_not_found: { status: 404, message: "There is no such product" },
    slug_taken: { status: 409, message: "Another product has this slug" },
    sku_taken: { status: 409, message: "Another product has a variant with this SKU" },
    duplicate_sku: { status: 422, message: "Two variants have the same SKU" },
    staff_only_filter: { status: 403, message: "Only staff may ask for products that are not ACTIVE" },
    currency_required: { status: 422, message: "There are prices in several currencies: name one" },
    malformed_csv: { status: 422, message: "This is no CSV with the expected columns" },
  },
  actions: {
    list: {
      access: "public",
      idempotent: true,
      params: {
        q: Type.Optional(
          AnyText({
            maxLength: 200,
            description:
              "Words of title, SKU or description; all must occur, the last may be a beginning. Where nothing has them, words that are spelled alike are found",
          }),
        ),
        limit: Limit,
        after: After,
        sort: Type.Optional(OneOf(SORTS, "ProductSort")),
        filter: Type.Optional(Filter),
      },
      result: Page(Product),
      refusals: ["staff_only_filter", "currency_required"],
      http: {
        method: "GET",
        path: "/v1/products",
        limit: "search",
        summary:
          "Browse and search products; newest first, or by relevance with `q`. Prices are compared within `filter[currency]`, which is needed where there are several. Staff also see drafts and archived ones",
        example: { q: "mug", filter: { currency: "GBP", priceTo: 2000 } },
      },
    },
    get: {
      access: "public",
      idempotent: true,
      params: { idOrSlug: AnyText({ minLength: 1, maxLength: 120 }) },
      result: Product,
      refusals: ["product_not_found"],
      http: {
        method: "GET",
        path: "/v1/products/{idOrSlug}",
        summary: "One product, by id or slug",
        example: { idOrSlug: "enamel-mug" },
        etag: true,
        // Kept, but asked about each time: a price is never shown longer than it holds.
        publicMaxAge: 0,
      },
    },
    create: {
      access: "catalog:write",
      params: {
        slug: Type.Optional(Slug),
        title: Title,
        description: Type.Optional(Description),
        status: Type.Optional(ProductStatus),
        variants: Variants,
        idempotency: Type.Optional(Idempotency),
      },
      result: Type.Object({ product: Product, replayed: Type.Boolean() }),
      refusals: ["slug_taken", "sku_taken", "duplicate_sku", "idempotency_key_reused"],
      http: {
        method: "POST",
        path: "/v1/products",
        summary: "Create a product; ACTIVE unless said otherwise, its slug made from the title when absent",
        example: { slug: "jug", title: "Jug", variants: [{ sku: "JUG", price: { amount: 1950, currency: "GBP" } }] },
        status: 201,
        idempotencyKey: "optional",
        etag: true,
        location: true,
        answer: answerCreated,
        body: Product,
      },
    },
    change: {
      access: "catalog:write",
      params: {
        id: Uuid,
        ifVersion: IfVersion,
        slug: Type.Optional(Slug),
        title: Type.Optional(Title),
        description: Type.Optional(Nullable(Description)),
        status: Type.Optional(ProductStatus),
        variants: Type.Optional(Variants),
      },
      result: Product,
      refusals: ["product_not_found", "version_mismatch", "slug_taken", "sku_taken", "duplicate_sku"],
      http: {
        method: "PATCH",
        path: "/v1/products/{id}",
        summary: "Change a product by JSON merge patch; `variants` is the whole list, known SKUs keep their ids",
        example: { description: "Enamelled steel, 350 ml" },
        follows: { action: "catalog.get", with: { id: "$response.body#/id", ifVersion: "$response.header.ETag" } },
        ifMatch: true,
        etag: true,
      },
    },
    archive: {
      access: "catalog:write",
      params: { id: Uuid, ifVersion: IfVersion },
      result: Type.Null(),
      refusals: ["product_not_found", "version_mismatch"],
      http: {
        method: "DELETE",
        path: "/v1/products/{id}",
        summary: "Archive a product: it is no longer shown or sold, its SKUs stay taken",
        follows: { action: "catalog.create", with: { id: "$response.body#/id", ifVersion: "$response.header.ETag" } },
        status: 204,
        ifMatch: true,
      },
    },
    import: {
      access: "catalog:write",
      idempotent: true,
      timeout: 120_000,
      params: {
        // Each item is checked by itself against ImportItem, so that a bad one does not stop the others.
        items: Type.Optional(Type.Array(CheckedLater(ImportItem), { maxItems: MAX_IMPORT_ITEMS })),
        csv: Type.Optional(Type.String()),
        dryRun: Type.Optional(
          Type.Boolean({ description: "Answer what would become of each item, and write nothing" }),
        ),
      },
      exactlyOne: ["items", "csv"],
      result: ImportResult,
      refusals: ["malformed_csv"],
      http: {
        method: "POST",
        path: "/v1/product-imports",
        summary:
          "Create or update many products, each by itself. CSV columns: slug, title, description, status, sku, variantTitle, price (1.99), currency",
        example: {
          items: [
            { slug: "bowl", title: "Bowl", variants: [{ sku: "BOWL", price: { amount: 1450, currency: "GBP" } }] },
          ],
          csv: "slug,title,sku,price,currency\nplate,Plate,PLATE,12.50,GBP\n",
        },
        bodyLimit: 16_000_000,
        query: ["dryRun"],
        takes: { as: "csv", into: "csv" },
      },
    },
    price: {
      access: internalTo("orders"),
      idempotent: true,
      params: { skus: Type.Array(Sku, { maxItems: 2_000 }) },
      /** What is for sale of the SKUs asked for; the others are absent. */
      result: Type.Array(Type.Object({ sku: Sku, title: Type.String(), price: MoneySchema })),
    },
  },
  events: {
    product_created: Type.Object({ product: Product }),
    product_updated: Type.Object({ product: Product }),
    price_changed: Type.Object({
      productId: Uuid,
      changes: Type.Array(Type.Object({ sku: Sku, before: MoneySchema, after: MoneySchema })),
    }),
    product_archived: Type.Object({ productId: Uuid, slug: Slug }),
  },
});
