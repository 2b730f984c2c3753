// The tables as models, for plain reads. What changes an order is SQL, in the file of its verb.
import {
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  type Model,
  type ModelStatic,
  type Sequelize,
} from "sequelize";
import type { Address } from "../../contract/fields.ts";
import type { OrderState } from "./order-states.ts";

export interface OrderLineRow extends Model<InferAttributes<OrderLineRow>> {
  orderId: string;
  position: number;
  sku: string;
  title: string;
  quantity: number;
  /** BIGINT arrives as text. */
  unitPrice: string;
  total: string;
}

export interface OrderRow
  extends Model<InferAttributes<OrderRow, { omit: "lines" }>, InferCreationAttributes<OrderRow>> {
  id: string;
  number: string;
  reference: string | null;
  status: OrderState;
  reason: string | null;
  customerId: string | null;
  email: string | null;
  currency: string;
  total: string;
  shippingAddress: Address;
  paymentMethod: string;
  placedAt: Date;
  expiresAt: Date;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  correlationId: string | null;
  causationId: string | null;
  traceparent: string | null;
  lines: OrderLineRow[];
}

export interface OrderHistoryRow extends Model<InferAttributes<OrderHistoryRow>> {
  id: string;
  orderId: string;
  type: string;
  data: Record<string, unknown>;
  actorId: string | null;
  at: Date;
}

export interface OrdersModels {
  Order: ModelStatic<OrderRow>;
  OrderLine: ModelStatic<OrderLineRow>;
  OrderHistory: ModelStatic<OrderHistoryRow>;
}

const options = { timestamps: false, underscored: true };
// Made anew for each column: Sequelize writes the column's name into what it is given.
const text = () => ({ type: DataTypes.TEXT, allowNull: false });
const bigint = () => ({ type: DataTypes.BIGINT, allowNull: false });
const integer = () => ({ type: DataTypes.INTEGER, allowNull: false });
const time = () => ({ type: DataTypes.DATE, allowNull: false });
const id = () => ({ type: DataTypes.UUID, allowNull: false });

export function defineOrdersModels(sequelize: Sequelize): OrdersModels {
  const Order = sequelize.define<OrderRow>(
    "Order",
    {
      id: { ...id(), primaryKey: true },
      number: text(),
      reference: DataTypes.TEXT,
      status: text(),
      reason: DataTypes.TEXT,
      customerId: DataTypes.UUID,
      email: DataTypes.TEXT,
      currency: text(),
      total: bigint(),
      shippingAddress: { type: DataTypes.JSONB, allowNull: false },
      paymentMethod: text(),
      placedAt: time(),
      expiresAt: time(),
      version: integer(),
      createdAt: time(),
      updatedAt: time(),
      correlationId: DataTypes.TEXT,
      causationId: DataTypes.TEXT,
      traceparent: DataTypes.TEXT,
    },
    { ...options, tableName: "orders" },
  );
  const OrderLine = sequelize.define<OrderLineRow>(
    "OrderLine",
    {
      orderId: { ...id(), primaryKey: true },
      position: { ...integer(), primaryKey: true },
      sku: text(),
      title: text(),
      quantity: integer(),
      unitPrice: bigint(),
      total: bigint(),
    },
    { ...options, tableName: "order_lines" },
  );
  const OrderHistory = sequelize.define<OrderHistoryRow>(
    "OrderHistory",
    {
      id: { type: DataTypes.BIGINT, primaryKey: true },
      orderId: id(),
      type: text(),
      data: { type: DataTypes.JSONB, allowNull: false },
      actorId: DataTypes.UUID,
      at: time(),
    },
    { ...options, tableName: "order_history" },
  );
  Order.hasMany(OrderLine, { as: "lines", foreignKey: "orderId" });
  return { Order, OrderLine, OrderHistory };
}
