-- Workspaces (image + policy), the signed revisions of their policy, and who has them.

create table workspace (
  id ulid not null,
  name text not null,
  description text not null default '',
  support_contact text not null default '',
  type text not null,
  image_id ulid not null,
  channel text,
  pinned_version_id ulid,
  enabled boolean not null default true,
  active_revision integer,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint workspace_pk primary key (id),
  constraint workspace_image_fk foreign key (image_id) references image (id),
  constraint workspace_pinned_version_fk foreign key (image_id, pinned_version_id) references image_version (image_id, id),
  constraint workspace_name_form check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  constraint workspace_type_known check (type in ('persistent', 'revertible')),
  constraint workspace_one_source check (num_nonnulls(channel, pinned_version_id) = 1)
);

comment on table workspace is 'An image, by channel or by pinned version, with the policy of its active revision. The channel may still point at nothing.';

create unique index workspace_name_unique on workspace (lower(name));
create index workspace_image on workspace (image_id);
create index workspace_pinned_version on workspace (pinned_version_id);
create trigger workspace_revision before update on workspace
  for each row execute function bump_revision();
create trigger workspace_change after insert or update or delete on workspace
  for each row execute function notify_change('workspace', 'id');

create function workspace_check_pin() returns trigger
  language plpgsql
as $$
declare
  version_state text;
begin
  select state into version_state from image_version where id = new.pinned_version_id for share;
  if version_state is distinct from 'available' then
    raise exception using
      errcode = 'check_violation',
      constraint = 'workspace_pinned_version_available',
      table = 'workspace',
      message = 'a workspace is pinned to available versions only';
  end if;
  return new;
end;
$$;

comment on function workspace_check_pin() is 'Row trigger: a workspace is pinned to available versions only.';

create trigger workspace_pin before insert or update of pinned_version_id on workspace
  for each row when (new.pinned_version_id is not null) execute function workspace_check_pin();

create function image_version_refuse_in_use() returns trigger
  language plpgsql
as $$
begin
  if exists (select from image_channel where version_id = old.id)
     or exists (select from workspace where pinned_version_id = old.id) then
    raise exception using
      errcode = 'check_violation',
      constraint = 'image_version_not_in_use',
      table = 'image_version',
      message = 'a channel or a pinned workspace points at this version';
  end if;
  return new;
end;
$$;

comment on function image_version_refuse_in_use() is 'Row trigger: a version to which a channel or a pinned workspace points stays available.';

create trigger image_version_in_use before update of state on image_version
  for each row when (old.state = 'available' and new.state <> 'available') execute function image_version_refuse_in_use();

create table workspace_policy_revision (
  workspace_id ulid not null,
  number integer not null,
  state text not null default 'draft',
  author_id ulid,
  author_name text not null default '',
  message text not null default '',
  document jsonb not null,
  digest text not null,
  signature text,
  created_at timestamptz(3) not null default now(),
  activated_at timestamptz(3),
  constraint workspace_policy_revision_pk primary key (workspace_id, number),
  constraint workspace_policy_revision_workspace_fk foreign key (workspace_id) references workspace (id) on delete cascade,
  constraint workspace_policy_revision_author_fk foreign key (author_id) references people_user (id) on delete set null,
  constraint workspace_policy_revision_number_from_one check (number >= 1),
  constraint workspace_policy_revision_state_known check (state in ('draft', 'committed', 'active', 'superseded', 'revoked')),
  constraint workspace_policy_revision_signed check (state in ('draft', 'revoked') or signature is not null)
);

comment on table workspace_policy_revision is 'A numbered, signed policy of a workspace. Never edited in place: going back makes a new revision with the old document.';

create unique index workspace_policy_revision_one_active on workspace_policy_revision (workspace_id) where state = 'active';
create trigger workspace_policy_revision_change after insert or update or delete on workspace_policy_revision
  for each row execute function notify_change('workspace', 'workspace_id');

create function workspace_policy_revision_refuse_edit() returns trigger
  language plpgsql
as $$
begin
  raise exception using
    errcode = 'check_violation',
    constraint = 'workspace_policy_revision_immutable',
    table = 'workspace_policy_revision',
    message = 'a policy revision that left the draft state is never edited: make a new one';
end;
$$;

comment on function workspace_policy_revision_refuse_edit() is 'Row trigger: keeps the content of committed revisions as it is.';

create trigger workspace_policy_revision_immutable before update on workspace_policy_revision
  for each row
  when (
    (old.workspace_id, old.number) is distinct from (new.workspace_id, new.number)
    or old.state <> 'draft' and (
      new.state = 'draft'
      or (old.document, old.digest, old.signature) is distinct from (new.document, new.digest, new.signature)
    )
  )
  execute function workspace_policy_revision_refuse_edit();

alter table workspace
  add constraint workspace_active_revision_fk foreign key (id, active_revision)
  references workspace_policy_revision (workspace_id, number) deferrable initially deferred;

create table assignment (
  id ulid not null,
  workspace_id ulid not null,
  user_id ulid,
  group_id ulid,
  endpoint_id ulid,
  principal_kind text not null generated always as (
    case when user_id is not null then 'user' when group_id is not null then 'group' else 'device' end
  ) stored,
  principal_id text not null generated always as (coalesce(user_id, group_id, endpoint_id)) stored,
  enabled boolean not null default true,
  expires_on timestamptz(3),
  offline_limit_minutes integer,
  delete_when jsonb not null default '{"disabled": false, "expired": false, "offlineExceeded": false}',
  clipboard text not null default 'none',
  file_transfer text not null default 'none',
  printing boolean not null default false,
  cd_dvd boolean not null default false,
  priority integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint assignment_pk primary key (id),
  constraint assignment_unique unique (workspace_id, principal_id),
  constraint assignment_workspace_fk foreign key (workspace_id) references workspace (id) on delete cascade,
  constraint assignment_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint assignment_group_fk foreign key (group_id) references people_group (id) on delete cascade,
  constraint assignment_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade,
  constraint assignment_one_principal check (num_nonnulls(user_id, group_id, endpoint_id) = 1),
  constraint assignment_offline_limit_not_negative check (offline_limit_minutes >= 0),
  constraint assignment_clipboard_known check (clipboard in ('none', 'to-host', 'to-workspace', 'both')),
  constraint assignment_file_transfer_known check (file_transfer in ('none', 'to-host', 'to-workspace', 'both'))
);

comment on table assignment is 'A workspace given to a user, group or device, with its limits. Write user_id, group_id or endpoint_id; principal_kind and principal_id follow.';

create index assignment_user on assignment (user_id);
create index assignment_group on assignment (group_id);
create index assignment_endpoint on assignment (endpoint_id);
create trigger assignment_revision before update on assignment
  for each row execute function bump_revision();
create trigger assignment_change after insert or update or delete on assignment
  for each row execute function notify_change('assignment', 'id');
