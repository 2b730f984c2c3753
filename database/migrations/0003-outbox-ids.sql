-- An event's id is random, made once for its row, and looked for by nobody: the index that kept it unique cost every order on
-- its way and every event at its publication.

alter table outbox drop constraint outbox_event_id_key;
