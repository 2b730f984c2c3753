-- What the catalog has told of its products: which SKUs are theirs, and whether they are sold. Kept by product, because a SKU
-- may go from one to another and nobody orders the events of two.

create table catalog_products (
  product_id uuid primary key,
  -- Of the newest event that was applied; an older one that comes late changes nothing.
  version integer not null,
  sold boolean not null
);

-- Two SKUs that a person may take for one another: `mug-blue`, `MUG BLUE` and `MUG-BLUE`.
create function spelling_of(sku text) returns text language sql immutable parallel safe
  return lower(regexp_replace(sku, '[^A-Za-z0-9]', '', 'g') collate "C");

create table catalog_skus (
  sku text collate "C" not null,
  product_id uuid not null references catalog_products (product_id),
  spelling text collate "C" not null generated always as (spelling_of(sku)) stored,
  primary key (sku, product_id)
);
create index catalog_skus_product on catalog_skus (product_id);
create index catalog_skus_spelling on catalog_skus (spelling);
