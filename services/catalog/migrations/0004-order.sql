-- Lists in the order that people expect: titles by the collation of Unicode (`Ähre` beside `Ahre`), prices within their currency.
-- The index products_title, the column lowest_price and its index serve the release before, and go with the next.

do $$
begin
  if not exists (select from pg_collation where collname = 'und-x-icu') then
    raise exception 'this Postgres was built without ICU, by which titles are sorted. Use a server built with ICU, as those of all vendors are, then migrate again';
  end if;
end
$$;
create index products_collated on products (sort_title collate "und-x-icu", id);

-- A page by price walks along it; the currencies that there are, it finds by leaping from one to the next.
create index variants_priced on variants (currency, amount, product_id);
