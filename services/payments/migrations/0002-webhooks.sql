-- What providers told by webhook, each event once; and the story that a payment belongs to.

create table webhook_events (
  provider text not null,
  event_id text not null,
  type text not null,
  -- The very bytes that were signed.
  payload text not null,
  received_at timestamptz not null,
  -- Null until the event has had its effect: one that failed on the way is taken up when the provider sends it again.
  processed_at timestamptz,
  primary key (provider, event_id)
);
revoke delete on webhook_events from :role;

-- The request that the payment began with, so that what a webhook tells of it later belongs to the same story.
alter table payment_intents add column correlation_id text;
