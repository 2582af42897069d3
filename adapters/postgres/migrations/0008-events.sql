-- What happened on endpoints, hosts and servers.

create table event (
  seq bigint not null generated always as identity,
  source_kind text not null,
  source_id text not null,
  source_seq bigint not null,
  code integer not null,
  name text not null,
  severity text not null,
  category text not null,
  description text not null,
  client_time timestamptz(3) not null,
  received_at timestamptz(3) not null default now(),
  host_name text not null default '',
  user_name text not null default 'SYSTEM',
  workspace_name text,
  workspace_computer_name text,
  correlation_id text,
  data jsonb not null default '{}',
  constraint event_pk primary key (seq),
  constraint event_source_unique unique (source_kind, source_id, source_seq),
  constraint event_source_kind_known check (source_kind in ('endpoint', 'server', 'host')),
  constraint event_severity_known check (severity in ('info', 'warning', 'error'))
);

comment on table event is 'What happened on a machine. A source counts its events (source_seq), so that one delivered twice is stored once.';

create index event_received_at on event (received_at);
create index event_client_time on event using brin (client_time);
create index event_severity on event (severity, seq) where severity <> 'info';
create index event_code on event (code, seq);
create index event_user on event (user_name, seq);
create index event_workspace on event (workspace_name, seq);
create index event_host on event (host_name, seq);
create index event_correlation on event (correlation_id) where correlation_id is not null;

create function event_notify() returns trigger
  language plpgsql
as $$
declare
  last bigint;
begin
  select max(seq) into last from arrived;
  if last is not null then
    perform pg_notify('atelier_change', jsonb_build_object('kind', 'event', 'id', last::text, 'rev', null, 'action', 'insert')::text);
  end if;
  return null;
end;
$$;

comment on function event_notify() is 'Statement trigger: one notice for a batch of events, with the largest seq as its id.';

create trigger event_change after insert on event
  referencing new table as arrived
  for each statement execute function event_notify();
