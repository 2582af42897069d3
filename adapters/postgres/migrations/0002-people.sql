-- Users, nested groups, roles, and the ways to sign in.

create table people_user (
  id ulid not null,
  name text not null,
  display_name text not null default '',
  email text,
  password_hash text,
  disabled boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint people_user_pk primary key (id),
  constraint people_user_name_length check (length(name) between 1 and 128),
  constraint people_user_name_trimmed check (name = btrim(name))
);

comment on table people_user is 'A person of the local directory. Without a password hash they cannot sign in with a password.';

create unique index people_user_name_unique on people_user (lower(name));
create index people_user_email on people_user (lower(email));
create trigger people_user_revision before update on people_user
  for each row execute function bump_revision();
create trigger people_user_change after insert or update or delete on people_user
  for each row execute function notify_change('user', 'id');

create table people_group (
  id ulid not null,
  name text not null,
  description text not null default '',
  built_in boolean not null default false,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint people_group_pk primary key (id),
  constraint people_group_name_length check (length(name) between 1 and 128),
  constraint people_group_name_trimmed check (name = btrim(name))
);

comment on table people_group is 'A group of users and of groups. Built-in ones (everyone) cannot be deleted by people.';

create unique index people_group_name_unique on people_group (lower(name));
create trigger people_group_revision before update on people_group
  for each row execute function bump_revision();
create trigger people_group_change after insert or update or delete on people_group
  for each row execute function notify_change('group', 'id');

create table people_membership (
  group_id ulid not null,
  user_id ulid,
  member_group_id ulid,
  member_kind text not null generated always as (case when user_id is null then 'group' else 'user' end) stored,
  member_id text not null generated always as (coalesce(user_id, member_group_id)) stored,
  created_at timestamptz(3) not null default now(),
  constraint people_membership_pk primary key (group_id, member_id),
  constraint people_membership_group_fk foreign key (group_id) references people_group (id) on delete cascade,
  constraint people_membership_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint people_membership_member_group_fk foreign key (member_group_id) references people_group (id) on delete cascade,
  constraint people_membership_one_member check (num_nonnulls(user_id, member_group_id) = 1),
  constraint people_membership_not_self check (group_id <> member_group_id)
);

comment on table people_membership is 'A user or a group that is in a group. Write user_id or member_group_id; member_kind and member_id follow.';

create index people_membership_user on people_membership (user_id);
create index people_membership_member_group on people_membership (member_group_id);
create trigger people_membership_change after insert or update or delete on people_membership
  for each row execute function notify_change('group', 'group_id');

create function people_membership_refuse_cycle() returns trigger
  language plpgsql
as $$
begin
  -- Two circles can be closed by two transactions that do not see each other: one at a time.
  perform pg_advisory_xact_lock(hashtext('people_membership_acyclic'));
  if exists (
    with recursive inside (id) as (
      select new.member_group_id
       union
      select membership.member_group_id
        from people_membership membership
        join inside on membership.group_id = inside.id
       where membership.member_group_id is not null
    )
    select from inside where id = new.group_id
  ) then
    raise exception using
      errcode = 'check_violation',
      constraint = 'people_membership_acyclic',
      table = 'people_membership',
      message = 'a group cannot contain itself, directly or through other groups';
  end if;
  return new;
end;
$$;

comment on function people_membership_refuse_cycle() is 'Row trigger: refuses a membership that would make a group a member of itself.';

create trigger people_membership_acyclic before insert or update on people_membership
  for each row when (new.member_group_id is not null) execute function people_membership_refuse_cycle();

create table people_role_binding (
  id ulid not null,
  user_id ulid,
  group_id ulid,
  principal_kind text not null generated always as (case when user_id is null then 'group' else 'user' end) stored,
  principal_id text not null generated always as (coalesce(user_id, group_id)) stored,
  role text not null,
  scope_kind text not null default 'all',
  scope_id text,
  created_at timestamptz(3) not null default now(),
  constraint people_role_binding_pk primary key (id),
  constraint people_role_binding_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint people_role_binding_group_fk foreign key (group_id) references people_group (id) on delete cascade,
  constraint people_role_binding_one_principal check (num_nonnulls(user_id, group_id) = 1),
  constraint people_role_binding_role_known check (role in ('owner', 'image-admin', 'workspace-admin', 'broker-admin', 'server-admin', 'helpdesk', 'auditor')),
  constraint people_role_binding_scope_known check (scope_kind in ('all', 'workspace', 'image', 'collection', 'site')),
  constraint people_role_binding_scope_complete check ((scope_kind = 'all') = (scope_id is null)),
  constraint people_role_binding_unique unique nulls not distinct (principal_id, role, scope_kind, scope_id)
);

comment on table people_role_binding is 'A role of a user or group, everywhere or for one object. Write user_id or group_id; principal_kind and principal_id follow.';

create index people_role_binding_user on people_role_binding (user_id);
create index people_role_binding_group on people_role_binding (group_id);
create trigger people_role_binding_change after insert or update or delete on people_role_binding
  for each row execute function notify_change('role-binding', 'id');

create table people_session (
  id ulid not null,
  token_hash bytea not null,
  user_id ulid not null,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  ip inet,
  agent text not null default '',
  constraint people_session_pk primary key (id),
  constraint people_session_token_unique unique (token_hash),
  constraint people_session_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint people_session_token_hashed check (octet_length(token_hash) = 32)
);

comment on table people_session is 'A signed-in browser or command line; the token itself is known to its holder only.';

create index people_session_user on people_session (user_id);
create index people_session_expires_at on people_session (expires_at);

create table people_token (
  id ulid not null,
  user_id ulid not null,
  name text not null,
  token_hash bytea not null,
  scopes text[] not null default '{}',
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  constraint people_token_pk primary key (id),
  constraint people_token_hash_unique unique (token_hash),
  constraint people_token_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint people_token_hashed check (octet_length(token_hash) = 32),
  constraint people_token_name_length check (length(name) between 1 and 128)
);

comment on table people_token is 'An API token that acts for a user, limited to its scopes (permissions); the token itself is known to its holder only.';

create unique index people_token_name_unique on people_token (user_id, lower(name));

create table people_setup_link (
  id ulid not null,
  token_hash bytea not null,
  user_id ulid,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  constraint people_setup_link_pk primary key (id),
  constraint people_setup_link_token_unique unique (token_hash),
  constraint people_setup_link_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint people_setup_link_token_hashed check (octet_length(token_hash) = 32)
);

comment on table people_setup_link is 'A link that works once: without a user it makes the first administrator, with one it lets that user set a password.';

create table people_sign_in_attempt (
  seq bigint not null generated always as identity,
  user_name text not null,
  ip inet,
  succeeded boolean not null,
  at timestamptz(3) not null default now(),
  constraint people_sign_in_attempt_pk primary key (seq),
  constraint people_sign_in_attempt_name_folded check (user_name = lower(user_name))
);

comment on table people_sign_in_attempt is 'Attempts to sign in, by name and by address, from which the back-off is computed. Old rows are deleted.';

create index people_sign_in_attempt_user on people_sign_in_attempt (user_name, at);
create index people_sign_in_attempt_ip on people_sign_in_attempt (ip, at);
create index people_sign_in_attempt_at on people_sign_in_attempt (at);
