-- Machines that are managed by WS-Management.

create table host (
  id ulid not null,
  name text not null,
  address text not null,
  state text not null default 'new',
  state_detail text not null default '',
  labels text[] not null default '{}',
  sign_in jsonb not null,
  trust jsonb not null,
  product text not null default '',
  facts jsonb,
  -- Where the collected events went on to; null: from now on.
  event_bookmark text,
  collect_events boolean not null default true,
  contacted_at timestamptz(3),
  reached_at timestamptz(3),
  enrolled boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint host_pk primary key (id),
  constraint host_name_length check (length(name) between 1 and 200),
  constraint host_state_known check (state in ('new', 'reachable', 'unreachable', 'refused')),
  constraint host_address_length check (length(address) between 1 and 400),
  constraint host_labels_few check (cardinality(labels) <= 50)
);

comment on table host is 'A machine that is managed by WS-Management. Its password, if it has one, lies sealed in secret under host/ID.';

create unique index host_name_unique on host (lower(name));
create index host_contacted_at on host (contacted_at nulls first);
create index host_labels on host using gin (labels);
-- A contact changes nothing that a person edits: it must not make the revision that they have read an old one.
create trigger host_revision before update on host
  for each row
  when (
    (old.name, old.address, old.labels, old.sign_in, old.trust, old.collect_events)
    is distinct from
    (new.name, new.address, new.labels, new.sign_in, new.trust, new.collect_events)
  )
  execute function bump_revision();
create trigger host_change_rows after insert or delete on host
  for each row execute function notify_change('host', 'id');
create trigger host_change after update on host
  for each row
  when (
    (old.name, old.address, old.labels, old.state, old.state_detail, old.product, old.facts)
    is distinct from
    (new.name, new.address, new.labels, new.state, new.state_detail, new.product, new.facts)
  )
  execute function notify_change('host', 'id');

create table host_invitation (
  id ulid not null,
  token_hash bytea not null,
  labels text[] not null default '{}',
  created_by ulid,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  uses_left integer not null default 1,
  constraint host_invitation_pk primary key (id),
  constraint host_invitation_hash_unique unique (token_hash),
  constraint host_invitation_created_by_fk foreign key (created_by) references people_user (id) on delete set null,
  constraint host_invitation_hashed check (octet_length(token_hash) = 32),
  constraint host_invitation_uses check (uses_left >= 0)
);

comment on table host_invitation is 'A token by which hosts register themselves, until it expires or is used up.';
create index host_invitation_expires_at on host_invitation (expires_at);
