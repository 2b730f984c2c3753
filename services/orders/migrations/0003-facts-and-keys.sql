-- What became of the money and of the goods are facts of their own, no functions of the state; and an order knows the
-- idempotency key that it was placed under, so that its answer reaches that one and no later command's.

alter table orders
  add column payment_status text,
  add column fulfillment_status text,
  add column placing_scope text,
  add column placing_key text,
  -- When an order is looked at again is no longer tied to two of its states.
  drop constraint orders_check;

update orders set placing_scope = command.scope, placing_key = command.key
  from idempotency_keys as command
  where command.resource_id = orders.id and command.response is null and command.scope like '% orders.place';

-- The release before moves an order without a word about the money: then nothing is known of it but the state, as in all orders
-- from before. To be dropped with the first migration that such a release does not survive anyway.
create function payment_follows_state() returns trigger language plpgsql as $$
begin
  new.payment_status := null;
  return new;
end $$;
create trigger orders_1_of_the_release_before before update of status on orders for each row
  when (new.status is distinct from old.status and new.payment_status is not distinct from old.payment_status)
  execute function payment_follows_state();
-- Triggers fire in the order of their names, and this one for a release that names the column: it may leave it as it was.
create function payment_stays() returns trigger language plpgsql as $$
begin
  new.payment_status := old.payment_status;
  return new;
end $$;
create trigger orders_2_of_this_release before update of payment_status on orders for each row
  when (new.payment_status is null)
  execute function payment_stays();
