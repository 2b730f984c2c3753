-- How many events have told of a product; one change may be several. Null where nothing has changed since they were counted
-- by the version alone.
alter table products add column events integer;
