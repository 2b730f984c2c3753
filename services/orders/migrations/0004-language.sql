-- In which language the customer is told of an order; null where nobody said.
alter table orders add column language text;
