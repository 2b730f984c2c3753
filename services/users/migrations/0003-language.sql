-- In which language a user is written to; null where they never said.
alter table users add column language text;
