-- Mails with a code that somebody asked for. The code is made when its mail is written, and only its digest is kept; a mail that is
-- written again has another code, and the one before is good for nothing.
create table mail_requests (
  id uuid primary key,
  user_id uuid not null references credentials (user_id) on delete cascade,
  kind text not null check (kind in ('reset_password')),
  requested_at timestamptz not null,
  code_hash bytea unique check (octet_length(code_hash) = 32),
  -- Until when the code is good; null as long as there is none.
  expires_at timestamptz,
  -- Used, or made void by a newer request or by what it asks for being done.
  spent_at timestamptz
);
create index mail_requests_user on mail_requests (user_id, requested_at);
