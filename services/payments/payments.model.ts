// The intent as a model, for plain reads and the adapter. What moves money is SQL, in the file of its verb.
import { DataTypes, type InferAttributes, type Model, type ModelStatic, type Sequelize } from "sequelize";
import type { IntentState } from "./intent-states.ts";

export interface PaymentIntentRow extends Model<InferAttributes<PaymentIntentRow>> {
  id: string;
  orderId: string;
  status: IntentState;
  /** BIGINT arrives as text. */
  amount: string;
  currency: string;
  declineCode: string | null;
}

export function definePaymentIntent(sequelize: Sequelize): ModelStatic<PaymentIntentRow> {
  return sequelize.define<PaymentIntentRow>(
    "PaymentIntent",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      orderId: { type: DataTypes.UUID, allowNull: false },
      status: { type: DataTypes.TEXT, allowNull: false },
      amount: { type: DataTypes.BIGINT, allowNull: false },
      currency: { type: DataTypes.TEXT, allowNull: false },
      declineCode: DataTypes.TEXT,
    },
    { timestamps: false, underscored: true, tableName: "payment_intents" },
  );
}
