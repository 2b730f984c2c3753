-- From which networks each account was entered. By digests, as the failures are.
create table login_networks (
  account bytea not null,
  network bytea not null,
  last_entered_at timestamptz not null,
  primary key (account, network)
);
