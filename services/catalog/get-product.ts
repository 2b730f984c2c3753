// One product as it is shown, by id or by slug.
import { Op } from "sequelize";
import { compile } from "../../contract/compile.ts";
import { Slug, Uuid } from "../../contract/fields.ts";
import type { Product } from "./catalog.contract.ts";
import type { CatalogModels, ProductRow } from "./catalog.model.ts";
import { productNotFound } from "./errors.ts";
import { present } from "./product-state.ts";

const notUuid = compile(Uuid);
const notSlug = compile(Slug);

/**
 * @param seesAll whether drafts and archived products exist for the one who asks
 * @throws product_not_found (404)
 */
export async function getProduct(
  { Product, Variant }: CatalogModels,
  idOrSlug: string,
  seesAll: boolean,
): Promise<Product> {
  const names = [
    ...(notUuid(idOrSlug).length === 0 ? [{ id: idOrSlug.toLowerCase() }] : []),
    ...(notSlug(idOrSlug).length === 0 ? [{ slug: idOrSlug }] : []),
  ];
  if (names.length === 0) throw productNotFound();
  const row = await Product.findOne({
    where: { [Op.or]: names, ...(!seesAll && { status: "ACTIVE" }) },
    include: { model: Variant, as: "variants" },
    order: [[{ model: Variant, as: "variants" }, "position", "asc"]],
  });
  if (row === null) throw productNotFound();
  return present({ ...row.get(), variants: variantsOf(row) });
}

const variantsOf = ({ variants = [] }: ProductRow) =>
  variants.map(({ id, sku, title, amount, currency }) => ({ id, sku, title, amount: Number(amount), currency }));
