-- What was sold, added up per UTC day: years of orders stay a few rows per day. Built from events alone, so that it can be
-- thrown away and built again. Room is left in the pages, because the rows of today are updated all day.

create table sales_by_product (
  currency text collate "C" not null,
  day date not null,
  sku text collate "C" not null,
  -- Orders of the day that contain the SKU.
  orders bigint not null check (orders >= 0),
  units bigint not null check (units >= 0),
  amount bigint not null check (amount >= 0),
  primary key (currency, day, sku)
) with (fillfactor = 80);
-- A page of a wide range walks this one and stops after its last product; a narrow range reads its days by the key.
create index sales_by_product_sku on sales_by_product (currency, sku, day);

-- Every order once: days and totals come from here as well. Day first, because the currency may be what is asked.
create table sales_by_country (
  day date not null,
  currency text collate "C" not null,
  country text collate "C" not null,
  orders bigint not null check (orders >= 0),
  units bigint not null check (units >= 0),
  amount bigint not null check (amount >= 0),
  primary key (day, currency, country)
) with (fillfactor = 80);

-- One row at most.
create table sales_progress (
  one boolean primary key default true check (one),
  newest_event_at timestamptz not null
);

-- Millions of rows go in one moment when the model is built anew; deleting them would outlast the statement timeout.
grant truncate on sales_by_product, sales_by_country, sales_progress to :role;
