-- Mails with a code, by the request that auth keeps. Words and code are never here: they are had and sent in one go, and a mail
-- that has to be tried again is written anew, with another code.
create table account_mails (
  request_id uuid primary key,
  status text not null check (status in ('PENDING', 'SENT', 'FAILED', 'DROPPED')),
  wake_at timestamptz,
  attempts integer not null,
  error text,
  created_at timestamptz not null,
  sent_at timestamptz,
  check ((wake_at is not null) = (status = 'PENDING'))
);
create index account_mails_due on account_mails (wake_at) where wake_at is not null;
revoke delete on account_mails from :role;
