-- A row of an import that has no slug is found by its title. Bytewise, so that a title is the same on every server.
create index products_exact_title on products (title collate "C");
