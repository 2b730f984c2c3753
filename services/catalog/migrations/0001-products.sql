-- Products and the variants that are sold of them, each with one price.

create table products (
  id uuid primary key,
  slug text collate "C" not null unique,
  title text not null,
  description text,
  status text not null check (status in ('ACTIVE', 'DRAFT', 'ARCHIVED')),
  version integer not null check (version > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- What lists sort by. Cut, so that a cursor that holds it stays short; bytewise, so that every server sorts alike.
  sort_title text collate "C" not null generated always as (left(lower(title), 60)) stored,
  -- Derived from the variants by whoever writes them, which is save-products.ts alone.
  lowest_price bigint not null,
  search tsvector not null
);
create index products_newest on products (created_at, id);
create index products_title on products (sort_title, id);
create index products_price on products (lowest_price, id);
create index products_search on products using gin (search);

create table variants (
  id uuid primary key,
  product_id uuid not null references products (id),
  -- One shop, one SKU, case included: real shops have 85123A beside 85123a.
  sku text collate "C" not null unique,
  title text,
  amount bigint not null check (amount between 0 and 1000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  position integer not null
);
create index variants_product on variants (product_id, position);
