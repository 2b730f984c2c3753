import type { Draft, Line } from "./draft-order.ts";
import { outboxRow } from "./outbox-row.ts";
import { insertRows, type Statement } from "./statement.ts";

/** Reservation, its two lines, two movements, two levels, event. */
export function reserve(draft: Draft): Statement[] {
  const { id, lines, at, expiresAt } = draft;
  const [first, second] = lines;
  const skus = [first.sku, second.sku];
  const lineRow = ({ sku, quantity }: Line) => ({ order_id: id, sku, quantity });
  const movement = ({ sku, quantity }: Line) => ({
    sku,
    type: "RESERVATION",
    on_hand_delta: 0,
    reserved_delta: quantity,
    order_id: id,
    at,
  });
  const held = lines.map(({ sku, quantity }) => ({ sku, quantity }));
  return [
    insertRows("reservations", [
      { order_id: id, status: "HELD", expires_at: expiresAt, version: 1, created_at: at, updated_at: at },
    ]),
    {
      // In one order for everybody, or two orders would wait for each other.
      name: "lock",
      text: "select sku, on_hand, reserved from stock_levels where sku in ($1, $2) order by sku for update",
      values: skus,
    },
    insertRows("reservation_lines", [lineRow(first), lineRow(second)]),
    insertRows("stock_movements", [movement(first), movement(second)]),
    {
      name: "hold",
      text: "update stock_levels set reserved = reserved + 1, updated_at = $3 where sku in ($1, $2)",
      values: [...skus, at],
    },
    outboxRow(
      "inventory.reserved",
      1,
      draft,
      JSON.stringify({ orderId: id, lines: held, expiresAt: expiresAt.toISOString() }),
    ),
  ];
}

/** New state, event. */
export function commitReservation(draft: Draft): Statement[] {
  const { id, at } = draft;
  return [
    {
      name: "commit_reservation",
      text: "update reservations set status = 'COMMITTED', version = 2, updated_at = $2 where order_id = $1",
      values: [id, at],
    },
    outboxRow("inventory.reservation_committed", 2, draft, JSON.stringify({ orderId: id })),
  ];
}
