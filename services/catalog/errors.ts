import { refusal } from "../../contract/contract.ts";
import { catalog } from "./catalog.contract.ts";

export const productNotFound = () => refusal(catalog, "product_not_found");

export const slugTaken = (slug: string) =>
  refusal(catalog, "slug_taken", `Another product has the slug ${slug}`, { slug });

export const skuTaken = (skus: readonly string[]) =>
  refusal(catalog, "sku_taken", `Another product has the SKU ${skus.join(", ")}`, { skus });

export const versionMismatch = (version: number) =>
  refusal(catalog, "version_mismatch", `The product is at version ${version} now`, { version });

export const duplicateSku = (sku: string) =>
  refusal(catalog, "duplicate_sku", `Two variants have the SKU ${sku}`, { sku });

export const staffOnlyFilter = () => refusal(catalog, "staff_only_filter");

export const currencyRequired = () =>
  refusal(catalog, "currency_required", undefined, {
    errors: [{ parameter: "filter[currency]", code: "required", message: "is needed, since prices are in several" }],
  });

export const malformedCsv = (detail: string) => refusal(catalog, "malformed_csv", detail);
