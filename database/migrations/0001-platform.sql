-- The tables that every service's database has: events out, events in, events given up on, and remembered answers.

create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null unique,
  type text not null,
  aggregate_id text not null,
  aggregate_version integer not null,
  data jsonb not null,
  correlation_id text,
  causation_id text,
  traceparent text,
  occurred_at timestamptz not null,
  published_at timestamptz
);
-- The relay reads the unsent rows in the order of their ids. A cursor over ids would skip rows that commit late.
create index outbox_unsent on outbox (id) where published_at is null;

create table inbox (
  consumer_group text not null,
  event_id uuid not null,
  applied_at timestamptz not null,
  primary key (consumer_group, event_id)
);

create table dead_letters (
  id uuid primary key,
  consumer_group text not null,
  event_id uuid,
  event jsonb not null,
  attempts integer not null,
  error text not null,
  parked_at timestamptz not null
);

create table idempotency_keys (
  scope text not null,
  key text not null,
  fingerprint text not null,
  resource_id uuid not null,
  -- Null while the effect is still under way; until then `locked_until` says how long its owner may take.
  response jsonb,
  locked_until timestamptz,
  created_at timestamptz not null,
  primary key (scope, key)
);
create index idempotency_keys_resource on idempotency_keys (resource_id);
create index idempotency_keys_age on idempotency_keys (created_at);
