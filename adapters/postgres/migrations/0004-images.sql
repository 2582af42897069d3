-- Images, their immutable numbered versions, and the channels that point at them.

create table image (
  id ulid not null,
  name text not null,
  description text not null default '',
  os text not null default '',
  capabilities text[] not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint image_pk primary key (id),
  constraint image_name_unique unique (name),
  constraint image_name_form check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$')
);

comment on table image is 'A bootable disk under a name; its content is in versions. Capabilities are those of the newest available version.';

create trigger image_revision before update on image
  for each row execute function bump_revision();
create trigger image_change after insert or update or delete on image
  for each row execute function notify_change('image', 'id');

create table image_version (
  id ulid not null,
  image_id ulid not null,
  number integer not null,
  state text not null default 'draft',
  notes text not null default '',
  source_format text,
  image_size bigint,
  file_size bigint,
  manifest_digest text,
  capabilities text[] not null default '{}',
  parent_version_id ulid,
  error jsonb,
  created_by ulid,
  packed_at timestamptz(3),
  available_at timestamptz(3),
  retired_at timestamptz(3),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint image_version_pk primary key (id),
  constraint image_version_number_unique unique (image_id, number),
  constraint image_version_of_image_unique unique (image_id, id),
  constraint image_version_image_fk foreign key (image_id) references image (id) on delete cascade,
  constraint image_version_parent_fk foreign key (parent_version_id) references image_version (id) on delete set null,
  constraint image_version_created_by_fk foreign key (created_by) references people_user (id) on delete set null,
  constraint image_version_number_from_one check (number >= 1),
  constraint image_version_state_known check (state in ('draft', 'packing', 'packed', 'uploading', 'available', 'retired', 'deleted', 'failed')),
  constraint image_version_format_known check (source_format in ('raw', 'qcow2', 'vmdk', 'vhdx')),
  constraint image_version_sizes_not_negative check (image_size >= 0 and file_size >= 0),
  constraint image_version_digest_form check (manifest_digest ~ '^[0-9a-f]{64}$'),
  constraint image_version_published_has_digest check (state not in ('available', 'retired') or manifest_digest is not null),
  constraint image_version_not_own_parent check (parent_version_id <> id)
);

comment on table image_version is 'Numbered content of an image. image_size is the disk''s size, file_size what the repository holds of it, both in bytes.';

create index image_version_state on image_version (state);
create index image_version_parent on image_version (parent_version_id);
create trigger image_version_revision before update on image_version
  for each row execute function bump_revision();
create trigger image_version_change after insert or update or delete on image_version
  for each row execute function notify_change('image-version', 'id');

create table image_channel (
  image_id ulid not null,
  name text not null,
  version_id ulid not null,
  counter bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint image_channel_pk primary key (image_id, name),
  constraint image_channel_image_fk foreign key (image_id) references image (id) on delete cascade,
  constraint image_channel_version_fk foreign key (image_id, version_id) references image_version (image_id, id),
  constraint image_channel_name_form check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  constraint image_channel_counter_from_one check (counter >= 1)
);

comment on table image_channel is 'A moving pointer of an image to one of its available versions. counter grows with every move, so that clients notice a rollback.';

create index image_channel_version on image_channel (version_id);
create trigger image_channel_revision before update on image_channel
  for each row execute function bump_revision();
create trigger image_channel_change after insert or update or delete on image_channel
  for each row execute function notify_change('image', 'image_id');

create function image_channel_check_move() returns trigger
  language plpgsql
as $$
declare
  version_state text;
begin
  -- The lock holds off a concurrent retire, which would leave a channel that points at nothing.
  select state into version_state from image_version where id = new.version_id for share;
  if version_state is distinct from 'available' then
    raise exception using
      errcode = 'check_violation',
      constraint = 'image_channel_version_available',
      table = 'image_channel',
      message = 'a channel points at available versions only';
  end if;
  if tg_op = 'UPDATE' and new.counter <= old.counter then
    new.counter := old.counter + 1;
  end if;
  return new;
end;
$$;

comment on function image_channel_check_move() is 'Row trigger: a channel moves to available versions only, and its counter grows with each move.';

create trigger image_channel_move before insert or update of version_id, counter on image_channel
  for each row execute function image_channel_check_move();
