-- Who the people are, what they may do, and where they live.

create table users (
  id uuid primary key,
  -- Lower-cased by the code: two spellings of one address are one user.
  email text not null constraint users_email unique check (email = lower(email)),
  name text not null,
  phone text,
  reference text constraint users_reference unique,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table user_roles (
  user_id uuid not null references users (id),
  role text not null check (role in ('customer', 'staff')),
  granted_at timestamptz not null,
  primary key (user_id, role)
);

create table addresses (
  id uuid primary key,
  user_id uuid not null references users (id),
  name text not null,
  line1 text not null,
  line2 text,
  city text not null,
  region text,
  postal_code text not null,
  country text not null,
  phone text,
  is_default_shipping boolean not null,
  is_default_billing boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index addresses_user on addresses (user_id, id);
create unique index addresses_default_shipping on addresses (user_id) where is_default_shipping;
create unique index addresses_default_billing on addresses (user_id) where is_default_billing;
