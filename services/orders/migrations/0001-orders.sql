-- Orders, their lines, and the history of every change.

create table orders (
  id uuid primary key,
  number text not null unique,
  reference text unique,
  status text not null
    check (status in ('PENDING', 'AWAITING_PAYMENT', 'CONFIRMED', 'REJECTED', 'PAYMENT_FAILED', 'EXPIRED')),
  reason text,
  customer_id uuid,
  email text,
  currency text not null,
  total bigint not null check (total >= 0),
  shipping_address jsonb not null,
  payment_method text not null,
  placed_at timestamptz not null,
  -- Until when the order may stay unpaid and its stock is held for it.
  expires_at timestamptz not null,
  -- Lease, retry time and expiry in one: whoever drives an open order holds it until then; afterwards a worker takes it.
  wake_at timestamptz,
  attempts integer not null default 0,
  -- Set when the process has failed so often that a person should look; it goes on being retried.
  needs_attention boolean not null default false,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((wake_at is null) = (status not in ('PENDING', 'AWAITING_PAYMENT')))
);
create index orders_due on orders (wake_at) where wake_at is not null;
create index orders_of_customer on orders (customer_id, id desc);
create index orders_by_status on orders (status, id desc);
create index orders_by_placed_at on orders (placed_at);

create table order_lines (
  order_id uuid not null references orders (id),
  position integer not null,
  sku text not null,
  title text not null,
  quantity integer not null check (quantity > 0),
  unit_price bigint not null check (unit_price >= 0),
  total bigint not null check (total = unit_price * quantity),
  primary key (order_id, position)
);
revoke update, delete on order_lines from :role;

-- Append only.
create table order_history (
  id bigint generated always as identity primary key,
  order_id uuid not null references orders (id),
  type text not null,
  data jsonb not null,
  actor_id uuid,
  at timestamptz not null
);
create index order_history_order on order_history (order_id, id);
revoke update, delete on order_history from :role;
