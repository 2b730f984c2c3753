// The tables as models, for plain reads. What changes stock is SQL, in the file of its verb.
import { DataTypes, type InferAttributes, type Model, type ModelStatic, type Sequelize } from "sequelize";
import type { MovementType } from "./stock-movements.ts";

export interface StoredLevel {
  sku: string;
  onHand: number;
  reserved: number;
  updatedAt: Date;
}
export interface StockLevelRow extends Model<InferAttributes<StockLevelRow>>, StoredLevel {}

export interface StockMovementRow extends Model<InferAttributes<StockMovementRow>> {
  id: string;
  sku: string;
  type: MovementType;
  onHandDelta: number;
  reservedDelta: number;
  orderId: string | null;
  reason: string | null;
  actorId: string | null;
  at: Date;
}

export interface InventoryModels {
  StockLevel: ModelStatic<StockLevelRow>;
  StockMovement: ModelStatic<StockMovementRow>;
}

const options = { timestamps: false, underscored: true };

export function defineInventoryModels(sequelize: Sequelize): InventoryModels {
  const StockLevel = sequelize.define<StockLevelRow>(
    "StockLevel",
    {
      sku: { type: DataTypes.TEXT, primaryKey: true },
      onHand: { type: DataTypes.INTEGER, allowNull: false },
      reserved: { type: DataTypes.INTEGER, allowNull: false },
      updatedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { ...options, tableName: "stock_levels" },
  );
  const StockMovement = sequelize.define<StockMovementRow>(
    "StockMovement",
    {
      id: { type: DataTypes.BIGINT, primaryKey: true },
      sku: { type: DataTypes.TEXT, allowNull: false },
      type: { type: DataTypes.TEXT, allowNull: false },
      onHandDelta: { type: DataTypes.INTEGER, allowNull: false },
      reservedDelta: { type: DataTypes.INTEGER, allowNull: false },
      orderId: DataTypes.UUID,
      reason: DataTypes.TEXT,
      actorId: DataTypes.UUID,
      at: { type: DataTypes.DATE, allowNull: false },
    },
    { ...options, tableName: "stock_movements" },
  );
  return { StockLevel, StockMovement };
}
