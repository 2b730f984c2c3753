-- A mail is composed by the worker when its turn comes, no longer in the transaction of its event, and is a page beside its text.
-- Until then it has the event's facts instead of words, and no wake_at: a worker of the release before, which would send it
-- without a body, does not see it.

alter table deliveries
  add column facts jsonb,
  -- As wake_at is for sending: the lease of who composes it, and the time of the next try.
  add column compose_at timestamptz,
  -- Null for a mail that was composed by the release before.
  add column html text,
  alter column subject drop not null,
  alter column body drop not null,
  drop constraint deliveries_kind_check,
  add constraint deliveries_kind_check
    check (kind in ('order_confirmed', 'order_rejected', 'order_shipped', 'payment_failed', 'order_expired')),
  drop constraint deliveries_check,
  add constraint deliveries_wake_check
    check (num_nonnulls(wake_at, compose_at) = case when status = 'PENDING' then 1 else 0 end),
  add constraint deliveries_words_check check (facts is not null or (subject is not null and body is not null));
create index deliveries_to_compose on deliveries (compose_at) where compose_at is not null;
