-- What every capability stands on: ids, optimistic locks, change notices, settings, secrets, idempotency keys.

create domain ulid as text
  constraint ulid_canonical check (value ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$');

comment on domain ulid is 'An identifier: a ULID in its canonical upper-case text form.';

create function bump_revision() returns trigger
  language plpgsql
as $$
begin
  new.rev := old.rev + 1;
  new.updated_at := now();
  return new;
end;
$$;

comment on function bump_revision() is 'Row trigger: every update counts rev up by one and sets updated_at, so that no writer can forget the optimistic lock.';

create function notify_change() returns trigger
  language plpgsql
as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  perform pg_notify('atelier_change', jsonb_build_object(
    'kind', tg_argv[0],
    'id', changed ->> tg_argv[1],
    'rev', changed -> 'rev',
    'action', lower(tg_op)
  )::text);
  return null;
end;
$$;

comment on function notify_change() is 'Row trigger (kind, id column): tells listeners of the channel atelier_change which object changed; the payload is {kind, id, rev, action}.';

create table setting (
  key text not null,
  value jsonb not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint setting_pk primary key (key),
  constraint setting_key_form check (key ~ '^[a-z][a-z0-9.-]{0,127}$')
);

comment on table setting is 'One value for the whole system that an administrator may change while it runs.';

create trigger setting_revision before update on setting
  for each row execute function bump_revision();
create trigger setting_change after insert or update or delete on setting
  for each row execute function notify_change('setting', 'key');

create table secret (
  key text not null,
  ciphertext bytea not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint secret_pk primary key (key),
  constraint secret_key_form check (key ~ '^[a-z][a-z0-9./-]{0,127}$'),
  constraint secret_ciphertext_sealed check (octet_length(ciphertext) >= 29)
);

comment on table secret is 'Secrets of the system, sealed with AES-256-GCM by a key that lies in a file outside of the database.';

create trigger secret_revision before update on secret
  for each row execute function bump_revision();

create table idempotency_key (
  actor text not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  response jsonb,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  constraint idempotency_key_pk primary key (actor, key),
  constraint idempotency_key_length check (length(key) between 1 and 255),
  constraint idempotency_key_answer_complete check ((status is null) = (response is null))
);

comment on table idempotency_key is 'Requests that were sent with an Idempotency-Key, and their answers; status is null while the first one is being worked on.';

create index idempotency_key_expires_at on idempotency_key (expires_at);
