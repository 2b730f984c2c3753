-- Which story an order belongs to: the request that it began with, and what moved it last. Whoever drives it on later, with
-- nobody asking, goes on under the same correlation id. Null for orders from before.
alter table orders
  add column correlation_id text,
  add column causation_id text,
  add column traceparent text;
