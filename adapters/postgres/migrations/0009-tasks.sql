-- Long work: queued in the database, done by any server, taken over when its server dies.

create table task (
  id ulid not null,
  kind text not null,
  title text not null,
  state text not null default 'queued',
  owner_id ulid,
  owner_name text not null default '',
  object_kind text,
  object_id text,
  progress double precision,
  message text not null default '',
  input jsonb not null default '{}',
  result jsonb,
  error jsonb,
  cancel_requested boolean not null default false,
  lease_owner text,
  lease_until timestamptz(3),
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  correlation_id text,
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint task_pk primary key (id),
  constraint task_owner_fk foreign key (owner_id) references people_user (id) on delete set null,
  constraint task_state_known check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  constraint task_progress_fraction check (progress between 0 and 1),
  constraint task_leased_while_running check ((state = 'running') = (lease_owner is not null and lease_until is not null)),
  constraint task_finished check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null)),
  constraint task_attempts_limited check (attempts >= 0 and max_attempts >= 1)
);

comment on table task is 'Long work with its owner, progress (0 to 1) and outcome. The server that holds the lease works on it; attempts counts the leases.';

create index task_claimable on task (created_at, id) where state in ('queued', 'running');
create index task_object on task (object_kind, object_id, created_at);
create index task_owner on task (owner_id, created_at);
create index task_created_at on task (created_at);
create trigger task_revision before update on task
  for each row execute function bump_revision();
create trigger task_change_rows after insert or delete on task
  for each row execute function notify_change('task', 'id');
-- A heartbeat only moves the lease: that is nobody's news.
create trigger task_change after update on task
  for each row
  when (
    (old.state, old.progress, old.message, old.cancel_requested, old.lease_owner)
    is distinct from
    (new.state, new.progress, new.message, new.cancel_requested, new.lease_owner)
  )
  execute function notify_change('task', 'id');

create table task_log (
  task_id ulid not null,
  seq integer not null,
  at timestamptz(3) not null default now(),
  line text not null,
  constraint task_log_pk primary key (task_id, seq),
  constraint task_log_task_fk foreign key (task_id) references task (id) on delete cascade
);

comment on table task_log is 'The lines that a task wrote while it ran.';

create trigger task_log_change after insert on task_log
  for each row execute function notify_change('task-log', 'task_id');
