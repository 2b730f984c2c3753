import type { Draft } from "./draft-order.ts";
import { outboxRow } from "./outbox-row.ts";
import type { Statement } from "./statement.ts";

/** Reservation, its two lines, two movements, two levels, event. */
export function reserve(draft: Draft): Statement[] {
  const { id, lines, at, expiresAt } = draft;
  const skus = lines.map(({ sku }) => sku);
  return [
    {
      name: "reservation",
      text: `insert into reservations (order_id, status, expires_at, version, created_at, updated_at)
        values ($1, 'HELD', $2, 1, $3, $3)`,
      values: [id, expiresAt, at],
    },
    {
      // In one order for everybody, or two orders would wait for each other.
      name: "lock",
      text: "select sku, on_hand, reserved from stock_levels where sku in ($1, $2) order by sku for update",
      values: skus,
    },
    {
      name: "reservation_lines",
      text: "insert into reservation_lines (order_id, sku, quantity) values ($1, $2, 1), ($1, $3, 1)",
      values: [id, ...skus],
    },
    {
      name: "movements",
      text: `insert into stock_movements (sku, type, on_hand_delta, reserved_delta, order_id, at)
        values ($2, 'RESERVATION', 0, 1, $1, $4), ($3, 'RESERVATION', 0, 1, $1, $4)`,
      values: [id, ...skus, at],
    },
    {
      name: "hold",
      text: "update stock_levels set reserved = reserved + 1, updated_at = $3 where sku in ($1, $2)",
      values: [...skus, at],
    },
    outboxRow("inventory.reserved", draft, JSON.stringify({ orderId: id, lines, expiresAt: expiresAt.toISOString() })),
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
    outboxRow("inventory.reservation_committed", draft, JSON.stringify({ orderId: id })),
  ];
}
