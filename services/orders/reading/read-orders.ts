// Plain reads. Whose order it is stands in the query itself, so that somebody else's is simply not there.
import { type Includeable, Op, type WhereOptions } from "sequelize";
import type { Address } from "../../../contract/addresses.ts";
import { DEFAULT_LIMIT, type Page, pageOf, readCursor } from "../../../contract/page.ts";
import { may, type Principal } from "../../../contract/permissions.ts";
import { notAllowedForCustomers, orderNotFound } from "../errors.ts";
import { toldOnce } from "../order-history.ts";
import { inHand, type OrderInHand, presentOrder } from "../order-record.ts";
import type { OrderState } from "../order-states.ts";
import type { Order } from "../orders.contract.ts";
import type { OrderRow, OrdersModels } from "../orders.model.ts";

export interface OrderQuery {
  limit?: number;
  after?: string;
  filter?: {
    customerId?: string;
    status?: OrderState;
    reference?: string;
    placedFrom?: string;
    placedTo?: string;
  };
}

const withLines = (): Includeable[] => [{ association: "lines", separate: true, order: ["position"] }];

/** Everything for staff, one's own for everybody else. */
const visibleTo = (principal: Principal): WhereOptions<OrderRow> =>
  may(principal, "orders:read-any") ? {} : { customerId: principal.id };

/** @throws ORDER_NOT_FOUND (404), also for somebody else's order */
export async function readOrder(models: OrdersModels, principal: Principal, id: string): Promise<Order> {
  const row = await models.Order.findOne({ where: { id, ...visibleTo(principal) }, include: withLines() });
  if (row === null) throw orderNotFound();
  return present(row);
}

/** Newest first. @throws NOT_ALLOWED_FOR_CUSTOMERS (403) for a customer who names a customer */
export async function listOrders(
  models: OrdersModels,
  principal: Principal,
  { limit = DEFAULT_LIMIT, after, filter = {} }: OrderQuery,
): Promise<Page<Order>> {
  const { placedFrom, placedTo, ...exact } = filter;
  if (exact.customerId !== undefined && !may(principal, "orders:read-any")) {
    throw notAllowedForCustomers("filter[customerId]");
  }
  const [id] = after === undefined ? [] : readCursor(after, ["uuid"]);
  const placedAt = {
    ...(placedFrom === undefined ? {} : { [Op.gte]: new Date(placedFrom) }),
    ...(placedTo === undefined ? {} : { [Op.lte]: new Date(placedTo) }),
  };
  const rows = await models.Order.findAll({
    where: {
      ...exact,
      ...visibleTo(principal),
      ...(placedFrom === undefined && placedTo === undefined ? {} : { placedAt }),
      ...(id === undefined ? {} : { id: { [Op.lt]: String(id) } }),
    },
    include: withLines(),
    order: [["id", "DESC"]],
    limit: limit + 1,
  });
  return pageOf(rows, limit, (row) => [row.id], present);
}

/** Where orders go, for who tells their customers; an order that there is none of is absent. */
export async function readAddresses(
  { Order }: OrdersModels,
  ids: readonly string[],
): Promise<{ id: string; shippingAddress: Address }[]> {
  const rows = await Order.findAll({ attributes: ["id", "shippingAddress"], where: { id: [...ids] }, raw: true });
  return rows.map(({ id, shippingAddress }) => ({ id, shippingAddress: shippingAddress as Address }));
}

/** Oldest first, an identical step once. @throws ORDER_NOT_FOUND (404) */
export async function readTimeline(models: OrdersModels, principal: Principal, id: string) {
  const order = await models.Order.findOne({ attributes: ["id"], where: { id, ...visibleTo(principal) }, raw: true });
  if (order === null) throw orderNotFound();
  const entries = await models.OrderHistory.findAll({ where: { orderId: id }, order: ["id"], raw: true });
  return {
    data: toldOnce(entries).map(({ at, type, actorId, data }) => ({
      at: at.toISOString(),
      type: `order.${type}`,
      actorId,
      data,
    })),
  };
}

/** Orders with their lines, for driving them on or answering again. */
export async function loadOrders(models: OrdersModels, ids: readonly string[]): Promise<OrderInHand[]> {
  if (ids.length === 0) return [];
  const rows = await models.Order.findAll({ where: { id: [...ids] }, include: withLines() });
  return rows.map((row) => inHand(plain(row)));
}

const plain = (row: { get(options: { plain: true }): OrderRow }): OrderRow => row.get({ plain: true });
const present = (row: { get(options: { plain: true }): OrderRow }): Order => presentOrder(inHand(plain(row)));
