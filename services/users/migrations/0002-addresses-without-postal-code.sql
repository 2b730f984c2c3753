-- There are none in Dubai or Hong Kong.
alter table addresses alter column postal_code drop not null;
