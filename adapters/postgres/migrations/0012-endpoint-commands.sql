-- Commands for endpoints that are connected to another server, and the numbers that deleted images have used up.

create table endpoint_command (
  id ulid not null,
  endpoint_id ulid not null,
  server text not null,
  message jsonb not null,
  answer jsonb,
  created_at timestamptz(3) not null default now(),
  constraint endpoint_command_pk primary key (id),
  constraint endpoint_command_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade
);

comment on table endpoint_command is 'A command on its way to the server that holds the endpoint''s channel, and its answer. Removed by the server that sent it.';

create index endpoint_command_endpoint on endpoint_command (endpoint_id);
create index endpoint_command_created_at on endpoint_command (created_at);
create trigger endpoint_command_change after insert or update on endpoint_command
  for each row execute function notify_change('endpoint-command', 'id');

create table image_number_used (
  name text not null,
  number integer not null,
  constraint image_number_used_pk primary key (name)
);

comment on table image_number_used is 'The highest version number under a name whose image was deleted: numbers are never given twice, for clients may still hold the old disks.';
