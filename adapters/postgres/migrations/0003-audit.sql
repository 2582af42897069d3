-- What people changed: append-only, each entry bound to the one before by its hash.

create table audit_entry (
  seq bigint not null,
  id ulid not null,
  at timestamptz(3) not null,
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  verb text not null,
  object_kind text not null,
  object_id text not null,
  object_name text not null,
  difference jsonb,
  correlation_id text,
  prev_hash bytea not null,
  hash bytea not null,
  constraint audit_entry_pk primary key (seq),
  constraint audit_entry_id_unique unique (id),
  constraint audit_entry_prev_hash_unique unique (prev_hash),
  constraint audit_entry_seq_from_one check (seq >= 1),
  constraint audit_entry_hash_size check (octet_length(hash) = 32 and octet_length(prev_hash) = 32)
);

comment on table audit_entry is 'A change that a person or the system made, with the difference. Numbered without gaps; hash covers the entry and prev_hash.';

create index audit_entry_at on audit_entry (at);
create index audit_entry_actor on audit_entry (actor_id, seq);
create index audit_entry_object on audit_entry (object_kind, object_id, seq);
create trigger audit_entry_change after insert on audit_entry
  for each row execute function notify_change('audit', 'id');

create table audit_head (
  singleton boolean not null default true,
  seq bigint not null,
  hash bytea not null,
  constraint audit_head_pk primary key (singleton),
  constraint audit_head_one_row check (singleton),
  constraint audit_head_hash_size check (octet_length(hash) = 32)
);

comment on table audit_head is 'The last audit entry. Its row lock puts concurrent writers in order; it shows when the end of the log was cut off.';

insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

create function audit_refuse_change() returns trigger
  language plpgsql
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    table = tg_table_name,
    message = 'the audit log is append-only: ' || lower(tg_op) || ' on ' || tg_table_name || ' is refused';
end;
$$;

comment on function audit_refuse_change() is 'Trigger: refuses the statement, since audit entries never change.';

create trigger audit_entry_append_only before update or delete or truncate on audit_entry
  for each statement execute function audit_refuse_change();
create trigger audit_head_stays before delete or truncate on audit_head
  for each statement execute function audit_refuse_change();
