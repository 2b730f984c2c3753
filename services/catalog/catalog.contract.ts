import { type Static, type TSchema, Type } from "typebox";
import { defineContract } from "../../contract/contract.ts";
import {
  After,
  Amount,
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
import { Lines, OneLine } from "../../contract/text.ts";
import { IfVersion } from "../../contract/versions.ts";

export const PRODUCT_STATUSES = ["ACTIVE", "DRAFT", "ARCHIVED"] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export const SORTS = ["relevance", "title", "-title", "createdAt", "-createdAt", "price", "-price"] as const;
export type Sort = (typeof SORTS)[number];

export const MAX_VARIANTS = 200;
export const MAX_IMPORT_ITEMS = 20_000;

const Title = OneLine(300);
const Description = Lines(10_000);

const strict = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const Product = Type.Object({
  id: Uuid,
  slug: Slug,
  title: Type.String(),
  description: Nullable(Type.String()),
  status: OneOf(PRODUCT_STATUSES),
  variants: Type.Array(
    Type.Object({
      id: Uuid,
      sku: Sku,
      title: Type.String({ description: "The product's title where the variant has none of its own" }),
      price: MoneySchema,
    }),
  ),
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Product = Static<typeof Product>;

const VariantInput = strict({ sku: Sku, title: Type.Optional(Title), price: MoneyInput });
export type VariantInput = Static<typeof VariantInput>;
const Variants = Type.Array(VariantInput, { minItems: 1, maxItems: MAX_VARIANTS });

/** One item of an import. What is absent stays as it is in a product that exists. */
export const ImportItem = strict({
  slug: Type.Optional(Slug),
  title: Title,
  description: Type.Optional(Description),
  status: Type.Optional(OneOf(PRODUCT_STATUSES)),
  variants: Variants,
});
export type ImportItem = Static<typeof ImportItem>;

const Filter = strict({
  sku: Type.Optional(Sku),
  currency: Type.Optional(CurrencyInput),
  priceFrom: Type.Optional(Amount),
  priceTo: Type.Optional(Amount),
  status: Type.Optional(OneOf(PRODUCT_STATUSES)),
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
    ...sharing("idempotency_key_reused"),
    product_not_found: { status: 404, message: "There is no such product" },
    slug_taken: { status: 409, message: "Another product has this slug" },
    sku_taken: { status: 409, message: "Another product has a variant with this SKU" },
    version_mismatch: { status: 412, message: "The product has changed since it was read" },
    duplicate_sku: { status: 422, message: "Two variants have the same SKU" },
    staff_only_filter: { status: 403, message: "Only staff may ask for products that are not ACTIVE" },
    malformed_csv: { status: 400, message: "This is no CSV with the expected columns" },
  },
  actions: {
    list: {
      access: "public",
      idempotent: true,
      params: {
        q: Type.Optional(
          Type.String({
            maxLength: 200,
            description: "Words of title, SKU or description; all must occur, the last may be a beginning",
          }),
        ),
        limit: Limit,
        after: After,
        sort: Type.Optional(OneOf(SORTS)),
        filter: Type.Optional(Filter),
      },
      result: Page(Product),
      refusals: ["staff_only_filter"],
      http: {
        method: "GET",
        path: "/v1/products",
        summary:
          "Browse and search products; newest first, or by relevance with `q`. Staff also see drafts and archived ones",
      },
    },
    get: {
      access: "public",
      idempotent: true,
      params: { idOrSlug: Type.String({ minLength: 1, maxLength: 120 }) },
      result: Product,
      refusals: ["product_not_found"],
      http: {
        method: "GET",
        path: "/v1/products/{idOrSlug}",
        summary: "One product, by id or slug",
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
        status: Type.Optional(OneOf(PRODUCT_STATUSES)),
        variants: Variants,
        idempotency: Type.Optional(Idempotency),
      },
      result: Type.Object({ product: Product, replayed: Type.Boolean() }),
      refusals: ["slug_taken", "sku_taken", "duplicate_sku", "idempotency_key_reused"],
      http: {
        method: "POST",
        path: "/v1/products",
        summary: "Create a product; ACTIVE unless said otherwise, its slug made from the title when absent",
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
        status: Type.Optional(OneOf(PRODUCT_STATUSES)),
        variants: Type.Optional(Variants),
      },
      result: Product,
      refusals: ["product_not_found", "version_mismatch", "slug_taken", "sku_taken", "duplicate_sku"],
      http: {
        method: "PATCH",
        path: "/v1/products/{id}",
        summary: "Change a product by JSON merge patch; `variants` is the whole list, known SKUs keep their ids",
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
        items: Type.Optional(Type.Array(Type.Unknown(), { maxItems: MAX_IMPORT_ITEMS })),
        csv: Type.Optional(Type.String()),
      },
      result: Type.Object({
        accepted: Type.Integer(),
        rejected: Type.Integer(),
        errors: Type.Array(
          Type.Object({
            row: Type.Integer({ description: "Number of the item, from 1; of the line for CSV" }),
            code: Type.String(),
            message: Type.String(),
          }),
        ),
      }),
      refusals: ["malformed_csv"],
      http: {
        method: "POST",
        path: "/v1/product-imports",
        summary:
          "Create or update many products, each by itself. CSV columns: slug, title, description, sku, variantTitle, price (1.99), currency",
        bodyLimit: 16_000_000,
        takes: { as: "csv", into: "csv" },
      },
    },
    price: {
      access: "internal",
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
