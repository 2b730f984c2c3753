-- What customers hold unpaid: who holds it, from which network (a digest, gone with the hold), and how many pieces. Null for
-- orders of staff, who are not bound, and for those from before.
alter table orders
  add column held_by uuid,
  add column held_from text,
  add column held_units integer;

-- Most orders are paid at once, and are never in these.
create index orders_awaiting_by_customer on orders (held_by) where status = 'AWAITING_PAYMENT';
create index orders_awaiting_by_network on orders (held_from) where status = 'AWAITING_PAYMENT';

-- A plan that is made while the table is empty would read it from end to end instead, and be kept while it fills: so the function
-- forbids it.
create function unpaid_units(customers uuid[], networks text[]) returns table (holder text, units bigint)
  language sql stable set enable_seqscan = off as $$
    select held_by::text, sum(held_units) from orders
      where status = 'AWAITING_PAYMENT' and held_by = any(customers) group by held_by
    union all
    select held_from, sum(held_units) from orders
      where status = 'AWAITING_PAYMENT' and held_from = any(networks) group by held_from
  $$;
