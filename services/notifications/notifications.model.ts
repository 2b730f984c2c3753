// The deliveries as a model, for plain reads. What changes one is SQL, in the file of its verb.
import { DataTypes, type InferAttributes, type Model, type ModelStatic, type Sequelize } from "sequelize";
import type { DeliveryKind, DeliveryState } from "./delivery-kinds.ts";

/** A delivery as the table holds it, without the text of its mail. */
export interface StoredDelivery {
  id: string;
  orderId: string;
  kind: DeliveryKind;
  recipient: string;
  /** Null until it is composed. */
  subject: string | null;
  status: DeliveryState;
  attempts: number;
  error: string | null;
  createdAt: Date;
  sentAt: Date | null;
}

export interface DeliveryRow extends Model<InferAttributes<DeliveryRow>>, StoredDelivery {}

// Made anew for each column: Sequelize writes the column's name into what it is given.
const text = () => ({ type: DataTypes.TEXT, allowNull: false });

export function defineDelivery(sequelize: Sequelize): ModelStatic<DeliveryRow> {
  return sequelize.define<DeliveryRow>(
    "Delivery",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      orderId: { type: DataTypes.UUID, allowNull: false },
      kind: text(),
      recipient: text(),
      subject: DataTypes.TEXT,
      status: text(),
      attempts: { type: DataTypes.INTEGER, allowNull: false },
      error: DataTypes.TEXT,
      createdAt: { type: DataTypes.DATE, allowNull: false },
      sentAt: DataTypes.DATE,
    },
    { timestamps: false, underscored: true, tableName: "deliveries" },
  );
}
