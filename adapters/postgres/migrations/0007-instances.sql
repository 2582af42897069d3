-- Workspaces on endpoints, as the endpoints report them.

create table workspace_instance (
  id ulid not null,
  endpoint_id ulid not null,
  user_id ulid not null,
  workspace_id ulid not null,
  state text not null default 'assigned',
  reason text,
  version_number integer,
  policy_revision integer,
  computer_name text not null default '',
  progress jsonb,
  data jsonb not null default '{}',
  started_at timestamptz(3),
  reported_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint workspace_instance_pk primary key (id),
  constraint workspace_instance_unique unique (endpoint_id, user_id, workspace_id),
  constraint workspace_instance_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade,
  constraint workspace_instance_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint workspace_instance_workspace_fk foreign key (workspace_id) references workspace (id) on delete cascade,
  constraint workspace_instance_state_known check (state in (
    'assigned', 'transferring', 'paused', 'staged', 'ready', 'starting', 'running', 'locked', 'stopping', 'suspended',
    'reverting', 'blocked', 'failed', 'crashed', 'deleting', 'deleted'
  )),
  constraint workspace_instance_version_from_one check (version_number >= 1)
);

comment on table workspace_instance is 'A workspace of a user on an endpoint. reason says why it is blocked, failed or crashed; started_at is set while the VM runs.';

create index workspace_instance_user on workspace_instance (user_id);
create index workspace_instance_workspace on workspace_instance (workspace_id);
create trigger workspace_instance_revision before update on workspace_instance
  for each row execute function bump_revision();
create trigger workspace_instance_change after insert or update or delete on workspace_instance
  for each row execute function notify_change('instance', 'id');

create table workspace_grant (
  endpoint_id ulid not null,
  user_id ulid not null,
  sequence bigint not null,
  digest text not null,
  issued_at timestamptz(3) not null default now(),
  constraint workspace_grant_pk primary key (endpoint_id, user_id),
  constraint workspace_grant_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade,
  constraint workspace_grant_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint workspace_grant_sequence_from_one check (sequence >= 1)
);

comment on table workspace_grant is 'The last grant document that was signed for a user on an endpoint; its sequence only grows, so that endpoints refuse an older one.';

create index workspace_grant_user on workspace_grant (user_id);

create table transfer (
  id ulid not null,
  endpoint_id ulid not null,
  instance_id ulid,
  version_id ulid,
  state text not null default 'running',
  bytes_total bigint not null default 0,
  bytes_zero bigint not null default 0,
  bytes_resumed bigint not null default 0,
  bytes_previous bigint not null default 0,
  bytes_host bigint not null default 0,
  bytes_network bigint not null default 0,
  bytes_downloaded bigint not null default 0,
  error jsonb,
  started_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint transfer_pk primary key (id),
  constraint transfer_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade,
  constraint transfer_instance_fk foreign key (instance_id) references workspace_instance (id) on delete set null,
  constraint transfer_version_fk foreign key (version_id) references image_version (id) on delete set null,
  constraint transfer_state_known check (state in ('running', 'paused', 'verifying', 'completed', 'failed', 'cancelled')),
  constraint transfer_bytes_not_negative check (
    least(bytes_total, bytes_zero, bytes_resumed, bytes_previous, bytes_host, bytes_network, bytes_downloaded) >= 0
  ),
  constraint transfer_finished check ((state in ('completed', 'failed', 'cancelled')) = (finished_at is not null))
);

comment on table transfer is 'A version on its way to an endpoint. bytes_zero, _resumed, _previous, _host and _network are bytes of the disk by source; bytes_downloaded is what crossed the wire for them.';

create index transfer_endpoint on transfer (endpoint_id, started_at);
create index transfer_instance on transfer (instance_id);
create index transfer_version on transfer (version_id);
create trigger transfer_revision before update on transfer
  for each row execute function bump_revision();
create trigger transfer_change after insert or update or delete on transfer
  for each row execute function notify_change('transfer', 'id');
