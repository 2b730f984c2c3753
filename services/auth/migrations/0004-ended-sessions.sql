-- Access tokens die with their session: everybody who verifies tokens asks for the sessions that ended lately.
create index sessions_ended on sessions (ended_at) where ended_at is not null;
-- Who may not enter any more, since when.
alter table credentials add column disabled_at timestamptz;
-- Counts the passwords of an account. Another hash of the same password is the same version.
alter table credentials add column password_version integer not null default 1;
