-- Since when an address is known to be its account's. Accounts from before this was asked count as they did.
alter table credentials add column verified_at timestamptz;
update credentials set verified_at = created_at;
alter table mail_requests drop constraint mail_requests_kind_check,
  add constraint mail_requests_kind_check check (kind in ('reset_password', 'verify_email', 'already_registered'));
