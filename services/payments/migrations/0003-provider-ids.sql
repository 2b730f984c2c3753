-- A payment is asked about by the id that its provider gave it, and a webhook names it by that.
create index payment_intents_provider_id on payment_intents (provider_id) where provider_id is not null;
