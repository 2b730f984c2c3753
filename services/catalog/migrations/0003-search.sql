-- Search that forgives: words are folded further, SKUs are found as a whole, and a misspelt word finds those that are like it.
-- The column `search` stays the one column: what the release before wrote is found as that release would have found it, until the
-- service has read it anew (refresh-search.ts).

do $$
begin
  if not exists (select from pg_available_extensions where name = 'pg_trgm') then
    raise exception 'this Postgres lacks the extension pg_trgm, by which misspelt words are found. Install the server''s contrib modules (the package postgresql-contrib, or what its vendor calls them), then migrate again';
  end if;
end
$$;
create extension if not exists pg_trgm with schema public;

-- Every word of letters that a product has or had, and its spelling in ASCII: in a database of locale C trigrams know no other
-- letters.
create table search_words (
  word text collate "C" primary key,
  spelled text collate "C" not null
);
create index search_words_alike on search_words using gin (spelled gin_trgm_ops);

-- The version of the product that `search` was made of. Another one where a node of the release before changed the product since;
-- none where it made it. A release that reads words differently sets it to null in a migration of its own.
alter table products add column searched integer;
create index products_unsearched on products (id) where searched is distinct from version;
