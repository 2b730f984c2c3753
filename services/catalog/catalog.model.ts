// The tables as models, for plain reads. What changes products is SQL, in save-products.ts.
import {
  DataTypes,
  type InferAttributes,
  type Model,
  type ModelStatic,
  type NonAttribute,
  type Sequelize,
} from "sequelize";
import type { ProductStatus } from "./catalog.contract.ts";

export interface VariantRow extends Model<InferAttributes<VariantRow>> {
  id: string;
  productId: string;
  sku: string;
  title: string | null;
  /** As Postgres gives a bigint. */
  amount: string;
  currency: string;
  position: number;
}

export interface ProductRow extends Model<InferAttributes<ProductRow>> {
  id: string;
  slug: string;
  title: string;
  description: string | null;
  status: ProductStatus;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  variants?: NonAttribute<VariantRow[]>;
}

export interface CatalogModels {
  Product: ModelStatic<ProductRow>;
  Variant: ModelStatic<VariantRow>;
}

const options = { timestamps: false, underscored: true };

export function defineCatalogModels(sequelize: Sequelize): CatalogModels {
  const Product = sequelize.define<ProductRow>(
    "Product",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      slug: { type: DataTypes.TEXT, allowNull: false },
      title: { type: DataTypes.TEXT, allowNull: false },
      description: DataTypes.TEXT,
      status: { type: DataTypes.TEXT, allowNull: false },
      version: { type: DataTypes.INTEGER, allowNull: false },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      updatedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { ...options, tableName: "products" },
  );
  const Variant = sequelize.define<VariantRow>(
    "Variant",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      productId: { type: DataTypes.UUID, allowNull: false },
      sku: { type: DataTypes.TEXT, allowNull: false },
      title: DataTypes.TEXT,
      amount: { type: DataTypes.BIGINT, allowNull: false },
      currency: { type: DataTypes.TEXT, allowNull: false },
      position: { type: DataTypes.INTEGER, allowNull: false },
    },
    { ...options, tableName: "variants" },
  );
  Product.hasMany(Variant, { as: "variants", foreignKey: "productId" });
  return { Product, Variant };
}
