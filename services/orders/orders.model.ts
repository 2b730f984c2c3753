// The tables, each column written once, and the models for plain reads. What changes an order is SQL, in the file of its verb.
import type { Model, ModelStatic, Sequelize } from "sequelize";
import { attributesOf, type RowOf } from "../../database/columns.ts";
import type { OrderState } from "./order-states.ts";

/** What is fixed when an order is created. */
export const CREATED = {
  id: "uuid",
  number: "text",
  reference: "text?",
  customerId: "uuid?",
  email: "text?",
  language: "text?",
  currency: "text",
  total: "bigint",
  shippingAddress: "jsonb",
  paymentMethod: "text",
  placedAt: "timestamptz",
  expiresAt: "timestamptz",
  createdAt: "timestamptz",
  correlationId: "text?",
  causationId: "text?",
  traceparent: "text?",
  placingScope: "text?",
  placingKey: "text?",
} as const;
/** What changes as it goes on. */
export const PROGRESS = {
  status: "text",
  reason: "text?",
  paymentStatus: "text?",
  fulfillmentStatus: "text?",
  version: "int",
  updatedAt: "timestamptz",
} as const;
/** What it holds for nothing while it is not paid: see paying/allowances.ts. */
export const HOLDING = { heldBy: "uuid?", heldFrom: "text?", heldUnits: "int?" } as const;
/** When it is looked at again; null for one that nobody drives. */
export const WAKING = { wakeAt: "timestamptz?" } as const;

export const LINES = {
  orderId: "uuid",
  position: "int",
  sku: "text",
  title: "text",
  quantity: "int",
  unitPrice: "bigint",
  total: "bigint",
} as const;

/** Appended to, in the order of `id`. */
export const HISTORY = { orderId: "uuid", type: "text", data: "jsonb", actorId: "uuid?", at: "timestamptz" } as const;

export type OrderLineRow = RowOf<typeof LINES>;
export type OrderRow = RowOf<typeof CREATED> & RowOf<typeof PROGRESS> & { status: OrderState; lines: OrderLineRow[] };
export type OrderHistoryRow = RowOf<typeof HISTORY> & { id: string; data: Record<string, unknown> };

export interface OrdersModels {
  Order: ModelStatic<Model<OrderRow> & OrderRow>;
  OrderHistory: ModelStatic<Model<OrderHistoryRow> & OrderHistoryRow>;
}

const options = { timestamps: false, underscored: true };

export function defineOrdersModels(sequelize: Sequelize): OrdersModels {
  const Order = sequelize.define("Order", attributesOf({ ...CREATED, ...PROGRESS }, "id"), {
    ...options,
    tableName: "orders",
  });
  const OrderLine = sequelize.define("OrderLine", attributesOf(LINES, "orderId", "position"), {
    ...options,
    tableName: "order_lines",
  });
  const OrderHistory = sequelize.define("OrderHistory", attributesOf({ id: "bigint", ...HISTORY }, "id"), {
    ...options,
    tableName: "order_history",
  });
  Order.hasMany(OrderLine, { as: "lines", foreignKey: "orderId" });
  return { Order, OrderHistory } as unknown as OrdersModels;
}
