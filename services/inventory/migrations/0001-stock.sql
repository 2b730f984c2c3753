-- Levels, the ledger that explains them, and who holds what.

create table stock_levels (
  sku text primary key,
  on_hand integer not null check (on_hand >= 0),
  reserved integer not null check (reserved >= 0),
  -- Counts the adjustments, which are the level's own events; holds are events of their reservation.
  version integer not null,
  updated_at timestamptz not null,
  check (reserved <= on_hand)
);

-- Append only: level = sum of the ledger.
create table stock_movements (
  id bigint generated always as identity primary key,
  sku text not null references stock_levels (sku),
  type text not null check (type in ('ADJUSTMENT', 'RESERVATION', 'RELEASE', 'EXPIRY', 'SALE', 'RESTOCK')),
  on_hand_delta integer not null,
  reserved_delta integer not null,
  order_id uuid,
  reason text,
  actor_id uuid,
  at timestamptz not null
);
create index stock_movements_sku on stock_movements (sku, id);
create index stock_movements_order on stock_movements (order_id) where order_id is not null;
revoke update, delete on stock_movements from :role;

create table reservations (
  order_id uuid primary key,
  status text not null check (status in ('HELD', 'COMMITTED', 'RELEASED', 'EXPIRED', 'REFUSED')),
  expires_at timestamptz not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index reservations_expiry on reservations (expires_at) where status = 'HELD';

-- Quantities summed per SKU: two lines of one SKU are one hold.
create table reservation_lines (
  order_id uuid not null references reservations (order_id),
  sku text not null references stock_levels (sku),
  quantity integer not null check (quantity > 0),
  primary key (order_id, sku)
);
