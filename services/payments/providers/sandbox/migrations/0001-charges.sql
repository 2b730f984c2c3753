-- The sandbox provider's own memory of what it charged, apart from the shop's.

create table charges (
  -- One charge per idempotency key, for ever.
  key text primary key,
  id uuid not null unique,
  status text not null check (status in ('authorized', 'declined', 'action_required', 'canceled')),
  amount bigint not null,
  currency text not null,
  method text not null,
  decline_code text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
