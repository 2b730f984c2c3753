-- How people prove who they are, and the sessions and keys that follow from it.

create table credentials (
  user_id uuid primary key,
  -- Lower-cased by the code: two spellings of one address are one account.
  email text not null constraint credentials_email unique check (email = lower(email)),
  password_hash text not null,
  -- The name for a profile that has yet to be made; null once it is.
  pending_name text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- A session is a family of refresh tokens, of which the last one made is good.
create table sessions (
  id uuid primary key,
  user_id uuid not null references credentials (user_id) on delete cascade,
  version integer not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_user on sessions (user_id, last_used_at);

-- Spent tokens stay as long as their session, so that one that is used again is recognised.
create table refresh_tokens (
  hash bytea primary key check (octet_length(hash) = 32),
  session_id uuid not null references sessions (id) on delete cascade,
  issued_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);
create unique index refresh_tokens_one_good on refresh_tokens (session_id) where used_at is null;

-- By the digest of what was typed as e-mail address, whether or not there is such an account.
create table login_failures (
  account bytea primary key,
  failures integer not null check (failures > 0),
  last_failed_at timestamptz not null
);
create index login_failures_age on login_failures (last_failed_at);

create table signing_keys (
  kid text primary key,
  private_jwk jsonb not null,
  signs_from timestamptz not null,
  created_at timestamptz not null
);
