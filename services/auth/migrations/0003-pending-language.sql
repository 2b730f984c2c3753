-- The language of who registered, until their profile is made; null where they did not say.
alter table credentials add column pending_language text;
