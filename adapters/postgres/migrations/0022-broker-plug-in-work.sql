-- What plug-ins of the broker do besides deciding: the tasks that they plan and do; and why those that cannot be used cannot.

alter table broker_plugin_health add column offers text[] not null default '{}';
comment on column broker_plugin_health.offers is 'What it takes part in there: stages, `provisioning`, `task`, `notification`.';

create table broker_plugin_problem (
  broker_id ulid not null,
  -- The folder; for one that comes with the broker, its name.
  source text not null,
  -- Its name, if that could be found out.
  plugin text,
  problem text not null,
  fix text not null default '',
  at timestamptz(3) not null default clock_timestamp(),
  constraint broker_plugin_problem_pk primary key (broker_id, source),
  constraint broker_plugin_problem_broker_fk foreign key (broker_id) references broker_instance (id) on delete cascade
);

comment on table broker_plugin_problem is 'A folder of plug-ins that a broker cannot use, and why.';

create trigger broker_plugin_problem_change after insert or update or delete on broker_plugin_problem
  for each row execute function notify_change('broker-plugin', 'source');

create table broker_task (
  id ulid not null,
  plugin text not null,
  target_id ulid not null,
  -- The plug-in's own name for it.
  identifier text not null,
  label text not null default '',
  -- When it may be begun, from and until, and when it must have been: what has the earliest deadline is begun first.
  start_at timestamptz(3) not null,
  end_at timestamptz(3) not null,
  deadline timestamptz(3) not null,
  -- What the plug-in wrote for itself.
  context text not null default '',
  -- Who planned it; empty: the plug-in.
  planned_by text not null default '',
  state text not null default 'planned',
  status text not null default 'unknown',
  detail text not null default '',
  cancel_requested boolean not null default false,
  -- Where it is or was done, and under which lease.
  broker text not null default '',
  fence bigint,
  begun_at timestamptz(3),
  finished_at timestamptz(3),
  created_at timestamptz(3) not null default clock_timestamp(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_task_pk primary key (id),
  constraint broker_task_plugin_fk foreign key (plugin) references broker_plugin (name) on update cascade on delete cascade,
  constraint broker_task_target_fk foreign key (target_id) references broker_target (id) on delete cascade,
  constraint broker_task_identifier_unique unique (plugin, target_id, identifier),
  constraint broker_task_identifier_length check (length(identifier) between 1 and 200),
  constraint broker_task_label_length check (length(label) <= 200),
  constraint broker_task_context_length check (length(context) <= 65536),
  constraint broker_task_detail_length check (length(detail) <= 2000),
  constraint broker_task_state_known check (state in ('planned', 'running', 'done', 'failed', 'cancelled', 'interrupted', 'timed-out')),
  constraint broker_task_status_known check (status in ('unknown', 'searching', 'downloading', 'applying', 'rebooting', 'rebooted', 'success', 'failed', 'timeout')),
  constraint broker_task_finished check ((state in ('planned', 'running')) = (finished_at is null)),
  constraint broker_task_begun check (state <> 'running' or (begun_at is not null and fence is not null))
);

comment on table broker_task is 'Maintenance of one target by a plug-in. Whoever holds the lease of the plug-in''s tasks does it; a row that runs under an older fence was interrupted.';

create index broker_task_open on broker_task (plugin, start_at) where state in ('planned', 'running');
create index broker_task_target on broker_task (target_id);
create trigger broker_task_revision before update on broker_task
  for each row execute function bump_revision();
create trigger broker_task_change after insert or update or delete on broker_task
  for each row execute function notify_change('broker-task', 'id');
