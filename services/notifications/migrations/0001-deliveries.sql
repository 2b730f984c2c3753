-- What is to be told, and what became of it.

create table deliveries (
  id uuid primary key,
  order_id uuid not null,
  kind text not null check (kind in ('order_confirmed', 'order_shipped', 'payment_failed')),
  recipient text not null,
  subject text not null,
  body text not null,
  status text not null check (status in ('PENDING', 'SENT', 'FAILED')),
  -- Lease and retry time in one: whoever sends a mail holds it until then; afterwards any worker takes it.
  wake_at timestamptz,
  -- Counts the claims, so that a mail that kills its process is given up on in the end.
  attempts integer not null,
  -- Why the last attempt failed.
  error text,
  -- Of the event that it tells of.
  correlation_id text,
  causation_id text,
  traceparent text,
  created_at timestamptz not null,
  sent_at timestamptz,
  -- A customer is told once, whatever arrives twice.
  unique (order_id, kind),
  check ((wake_at is not null) = (status = 'PENDING')),
  check ((sent_at is not null) = (status = 'SENT'))
);
create index deliveries_due on deliveries (wake_at) where wake_at is not null;
create index deliveries_unsent on deliveries (id) where status <> 'SENT';
-- A row that is gone would be told again by the next copy of its event.
revoke delete on deliveries from :role;
