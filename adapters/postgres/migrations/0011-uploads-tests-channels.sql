-- What resumable uploads, test runs, enrolment tokens with several uses and the endpoints' channels need.

alter table image_version
  add column upload_bytes bigint not null default 0,
  add column received_bytes bigint not null default 0,
  add column delta_bytes jsonb not null default '{}',
  drop constraint image_version_format_known,
  add constraint image_version_format_known check (source_format in ('raw', 'qcow2', 'vmdk', 'vhdx', 'vpc')),
  add constraint image_version_upload_within check (received_bytes between 0 and upload_bytes);

comment on column image_version.upload_bytes is 'Size of the disk file that was announced; received_bytes of it lie in the drafts folder, synced.';
comment on column image_version.delta_bytes is 'Bytes on the wire by number of the earlier version from which a delta leads here.';

alter table image_channel add column moved_by text not null default '';

comment on column image_channel.moved_by is 'Name of who moved it last.';

create table image_test (
  id ulid not null,
  version_id ulid not null,
  server text not null,
  state text not null default 'starting',
  guest_agent boolean not null default false,
  error text,
  started_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  constraint image_test_pk primary key (id),
  constraint image_test_version_fk foreign key (version_id) references image_version (id) on delete cascade,
  constraint image_test_state_known check (state in ('starting', 'running', 'ended')),
  constraint image_test_ended check ((state = 'ended') = (ended_at is not null))
);

comment on table image_test is 'Boots of a version for looking at it, on the server named; at most one at a time for each version.';

create unique index image_test_one_for_version on image_test (version_id) where state <> 'ended';
create index image_test_server on image_test (server) where state <> 'ended';
create trigger image_test_change after insert or update or delete on image_test
  for each row execute function notify_change('image-version', 'version_id');

alter table endpoint_enrollment_token
  add column uses_left integer not null default 1,
  add constraint endpoint_enrollment_token_uses_not_negative check (uses_left >= 0);

comment on table endpoint_enrollment_token is 'A token that enrols computers before it expires: as many as uses_left says. used_at and endpoint_id are of the last use.';

alter table endpoint add column connected_to text;

comment on column endpoint.connected_to is 'The server and the channel on it, as SERVER/CHANNEL, through which commands reach the endpoint now.';

create index endpoint_connected_to on endpoint (connected_to) where connected_to is not null;
