-- The computers on which people run workspaces, and the tokens that bring them in.

create table endpoint (
  id ulid not null,
  name text not null,
  state text not null default 'enrolled',
  fingerprint text not null,
  certificate_expires_at timestamptz(3),
  user_id ulid,
  os text not null default '',
  ram_mib integer,
  accelerator text,
  client_version text not null default '',
  address inet,
  last_contact_at timestamptz(3),
  clock_skew_ms bigint,
  revoked_at timestamptz(3),
  wiped_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint endpoint_pk primary key (id),
  constraint endpoint_fingerprint_unique unique (fingerprint),
  constraint endpoint_user_fk foreign key (user_id) references people_user (id) on delete set null,
  constraint endpoint_name_length check (length(name) between 1 and 255),
  constraint endpoint_state_known check (state in ('enrolled', 'online', 'offline', 'revoked', 'wiped')),
  constraint endpoint_fingerprint_form check (fingerprint ~ '^[0-9a-f]{64}$'),
  constraint endpoint_ram_positive check (ram_mib > 0)
);

comment on table endpoint is 'A person''s computer that runs the client, known by the SHA-256 fingerprint (hex) of its device certificate.';

create index endpoint_name on endpoint (lower(name));
create index endpoint_user on endpoint (user_id);
create index endpoint_last_contact_at on endpoint (last_contact_at);
create trigger endpoint_revision before update on endpoint
  for each row execute function bump_revision();
create trigger endpoint_change_rows after insert or delete on endpoint
  for each row execute function notify_change('endpoint', 'id');
-- Each contact of each endpoint updates its row: only what a person would notice is told to listeners.
create trigger endpoint_change after update on endpoint
  for each row
  when (
    (old.name, old.state, old.fingerprint, old.user_id, old.os, old.ram_mib, old.accelerator, old.client_version, old.address)
    is distinct from
    (new.name, new.state, new.fingerprint, new.user_id, new.os, new.ram_mib, new.accelerator, new.client_version, new.address)
  )
  execute function notify_change('endpoint', 'id');

create table endpoint_enrollment_token (
  id ulid not null,
  token_hash bytea not null,
  note text not null default '',
  created_by ulid,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  endpoint_id ulid,
  constraint endpoint_enrollment_token_pk primary key (id),
  constraint endpoint_enrollment_token_hash_unique unique (token_hash),
  constraint endpoint_enrollment_token_created_by_fk foreign key (created_by) references people_user (id) on delete set null,
  constraint endpoint_enrollment_token_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete set null,
  constraint endpoint_enrollment_token_hashed check (octet_length(token_hash) = 32),
  constraint endpoint_enrollment_token_used check (endpoint_id is null or used_at is not null)
);

comment on table endpoint_enrollment_token is 'A token that enrols one computer, once, before it expires.';
