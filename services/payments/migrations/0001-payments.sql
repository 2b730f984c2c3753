-- One intent per order, what was tried for it, and the ledger of what the provider holds or gave up.

create table payment_intents (
  id uuid primary key,
  order_id uuid not null unique,
  status text not null
    check (status in ('PROCESSING', 'REQUIRES_ACTION', 'UNKNOWN', 'REQUIRES_CAPTURE', 'FAILED', 'CANCELED')),
  amount bigint not null check (amount >= 0),
  currency text not null,
  method text not null,
  provider text not null,
  -- The same for every attempt, so that the provider charges once however often it is asked.
  provider_key text not null unique,
  provider_id text,
  decline_code text,
  authorized bigint not null default 0,
  captured bigint not null default 0,
  refunded bigint not null default 0,
  -- Counts the intent's events.
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (authorized between 0 and amount),
  check (captured between 0 and authorized),
  check (refunded between 0 and captured)
);

-- Append only.
create table payment_ledger (
  id bigint generated always as identity primary key,
  intent_id uuid not null references payment_intents (id),
  type text not null check (type in ('AUTHORIZATION', 'DECLINE', 'VOID')),
  amount bigint not null,
  currency text not null,
  provider_id text,
  at timestamptz not null
);
create index payment_ledger_intent on payment_ledger (intent_id, id);
revoke update, delete on payment_ledger from :role;
