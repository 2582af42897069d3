-- The connection broker: collections of targets, who may use them, who is where, and the brokers themselves.

create table broker_collection (
  id ulid not null,
  name text not null,
  description text not null default '',
  kind text not null,
  redirect_mode text not null default 'token',
  target_sign_in text not null default 'same-password',
  load_balancing text not null default 'least-connections',
  pending_penalty integer not null default 1,
  pending_seconds integer not null default 120,
  start_seconds integer not null default 180,
  -- For targets that do not say it themselves; null: as many as come.
  max_sessions integer,
  single_session boolean not null default false,
  -- How its virtual machines are made, started and kept; read by whoever does that.
  vm jsonb not null default '{}',
  enabled boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_collection_pk primary key (id),
  constraint broker_collection_name_length check (length(name) between 1 and 128),
  constraint broker_collection_name_trimmed check (name = btrim(name)),
  constraint broker_collection_kind_known check (kind in ('session-hosts', 'pooled-vms', 'personal-vms', 'personal-session-hosts', 'physical-pcs', 'blades')),
  constraint broker_collection_redirect_known check (redirect_mode in ('token', 'direct')),
  constraint broker_collection_sign_in_known check (target_sign_in in ('same-password', 'single-use-password')),
  constraint broker_collection_balancing_known check (load_balancing in ('least-connections', 'round-robin')),
  constraint broker_collection_penalty check (pending_penalty between 1 and 100),
  constraint broker_collection_pending check (pending_seconds between 5 and 3600),
  constraint broker_collection_start check (start_seconds between 5 and 3600),
  constraint broker_collection_max_sessions check (max_sessions >= 1)
);

comment on table broker_collection is 'Targets that serve one purpose, with one way to share people among them.';

create unique index broker_collection_name_unique on broker_collection (lower(name));
create trigger broker_collection_revision before update on broker_collection
  for each row execute function bump_revision();
create trigger broker_collection_change after insert or update or delete on broker_collection
  for each row execute function notify_change('collection', 'id');

create function broker_collection_lock(collection text) returns void
  language sql
as $$
  select pg_advisory_xact_lock(hashtextextended('broker_collection ' || collection, 0))
$$;

comment on function broker_collection_lock(text) is 'Taken to the end of the transaction by whoever decides in a collection or changes several of its sessions: one at a time.';

create table broker_entitlement (
  id ulid not null,
  collection_id ulid not null,
  user_id ulid,
  group_id ulid,
  principal_kind text not null generated always as (case when user_id is null then 'group' else 'user' end) stored,
  principal_id text not null generated always as (coalesce(user_id, group_id)) stored,
  created_at timestamptz(3) not null default now(),
  constraint broker_entitlement_pk primary key (id),
  constraint broker_entitlement_collection_fk foreign key (collection_id) references broker_collection (id) on delete cascade,
  constraint broker_entitlement_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint broker_entitlement_group_fk foreign key (group_id) references people_group (id) on delete cascade,
  constraint broker_entitlement_one_principal check (num_nonnulls(user_id, group_id) = 1),
  constraint broker_entitlement_unique unique (collection_id, principal_id)
);

comment on table broker_entitlement is 'A user or group that may use a collection. Write user_id or group_id; principal_kind and principal_id follow.';

create index broker_entitlement_user on broker_entitlement (user_id);
create index broker_entitlement_group on broker_entitlement (group_id);
create trigger broker_entitlement_change after insert or update or delete on broker_entitlement
  for each row execute function notify_change('collection', 'collection_id');

create table broker_application (
  id ulid not null,
  collection_id ulid not null,
  alias text not null,
  title text not null,
  command_line text not null,
  arguments text not null default '',
  working_folder text not null default '',
  icon bytea,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_application_pk primary key (id),
  constraint broker_application_collection_fk foreign key (collection_id) references broker_collection (id) on delete cascade,
  constraint broker_application_alias_form check (alias ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  constraint broker_application_title_length check (length(title) between 1 and 200),
  constraint broker_application_icon_size check (octet_length(icon) <= 262144)
);

comment on table broker_application is 'A program of a collection''s targets that is published by itself. The icon is a PNG.';

create unique index broker_application_alias_unique on broker_application (collection_id, lower(alias));
create trigger broker_application_revision before update on broker_application
  for each row execute function bump_revision();
create trigger broker_application_change after insert or update or delete on broker_application
  for each row execute function notify_change('collection', 'collection_id');

create table broker_environment (
  name text not null,
  -- Who keeps it: `atelier`, or a plug-in.
  provider text not null default 'atelier',
  driver text not null default '',
  server_weight integer not null default 100,
  settings jsonb not null default '{}',
  properties jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_environment_pk primary key (name),
  constraint broker_environment_name_length check (length(name) between 1 and 128),
  constraint broker_environment_weight check (server_weight between 1 and 10000)
);

comment on table broker_environment is 'A machine that runs virtual machines. Its password, if it has one, lies sealed in secret.';

create trigger broker_environment_revision before update on broker_environment
  for each row execute function bump_revision();
create trigger broker_environment_change after insert or update or delete on broker_environment
  for each row execute function notify_change('environment', 'name');

create sequence broker_assignment as bigint;

create table broker_target (
  id ulid not null,
  name text not null,
  kind text not null,
  collection_id ulid not null,
  provider text not null default 'atelier',
  environment text not null default '',
  host_id ulid,
  fqdn text,
  netbios text,
  endpoints jsonb not null default '[]',
  state text not null default 'unknown',
  state_detail text not null default '',
  -- Since when it does not answer; null while it does.
  failing_since timestamptz(3),
  drain boolean not null default false,
  weight integer not null default 100,
  max_sessions integer,
  single_session boolean not null default false,
  owner_id ulid,
  properties jsonb not null default '{}',
  -- SHA-256 of the certificate that it showed, lower-case hexadecimal.
  certificate_fingerprint text,
  num_sessions integer not null default 0,
  num_pending integer not null default 0,
  -- Copied from its collection by triggers, so that an index can order by what follows from them.
  pending_penalty integer not null default 1,
  round_robin boolean not null default false,
  collection_seats integer not null default 2147483647,
  -- When somebody was sent here last, as a number that grows: among equals, whoever waited longest comes first.
  assigned bigint not null default 0,
  seats integer not null generated always as (
    case when single_session then 1 else coalesce(max_sessions, collection_seats) end
  ) stored,
  -- What it would carry with one more, for its weight.
  load double precision not null generated always as (
    case when round_robin then 0
         else (num_sessions::double precision + (num_pending::double precision + 1) * pending_penalty) / weight end
  ) stored,
  -- 0: takes one more now; 1: starts; 2: can be started; null: takes nobody.
  availability integer generated always as (
    case when drain
           or num_sessions::bigint + num_pending >= case when single_session then 1 else coalesce(max_sessions, collection_seats) end
         then null
         when state = 'running' then 0
         when state = 'starting' then 1
         when state in ('stopped', 'hibernated', 'checked-out') then 2
    end
  ) stored,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_target_pk primary key (id),
  constraint broker_target_collection_fk foreign key (collection_id) references broker_collection (id),
  constraint broker_target_host_fk foreign key (host_id) references host (id) on delete set null,
  constraint broker_target_owner_fk foreign key (owner_id) references people_user (id) on delete set null,
  constraint broker_target_name_length check (length(name) between 1 and 128),
  constraint broker_target_name_trimmed check (name = btrim(name)),
  constraint broker_target_kind_known check (kind in ('session-host', 'virtual-machine', 'virtual-desktop', 'blade', 'physical-pc')),
  constraint broker_target_state_known check (state in ('unknown', 'initializing', 'running', 'down', 'hibernated', 'checked-out', 'stopped', 'invalid', 'starting', 'stopping')),
  constraint broker_target_weight check (weight between 1 and 10000),
  constraint broker_target_max_sessions check (max_sessions >= 1),
  constraint broker_target_endpoints_few check (jsonb_typeof(endpoints) = 'array' and jsonb_array_length(endpoints) <= 20),
  constraint broker_target_fingerprint_form check (certificate_fingerprint ~ '^[0-9a-f]{64}$'),
  constraint broker_target_counts check (num_sessions >= 0 and num_pending >= 0)
)
-- Every decision changes the row of a target: leave room on its page, and clean up early.
with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200, autovacuum_analyze_scale_factor = 0.1);

comment on table broker_target is 'Something a person can be connected to. The counts are kept by triggers on broker_session.';

create unique index broker_target_name_unique on broker_target (lower(name));
create index broker_target_next on broker_target (collection_id, availability, load, assigned)
  where availability is not null and owner_id is null;
create index broker_target_owner on broker_target (owner_id) where owner_id is not null;
create index broker_target_host on broker_target (host_id) where host_id is not null;
create index broker_target_environment on broker_target (environment, lower(name)) where environment <> '';

create function broker_target_of_collection() returns trigger
  language plpgsql
as $$
begin
  select collection.pending_penalty,
         collection.load_balancing = 'round-robin',
         case when collection.single_session then 1 else coalesce(collection.max_sessions, 2147483647) end
    into new.pending_penalty, new.round_robin, new.collection_seats
    from broker_collection collection
   where collection.id = new.collection_id
     for key share;
  return new;
end;
$$;

comment on function broker_target_of_collection() is 'Row trigger: a target counts as its collection says.';

create trigger broker_target_insert before insert on broker_target
  for each row execute function broker_target_of_collection();
create trigger broker_target_move before update of collection_id on broker_target
  for each row when (old.collection_id <> new.collection_id) execute function broker_target_of_collection();

create function broker_collection_to_targets() returns trigger
  language plpgsql
as $$
begin
  perform broker_collection_lock(new.id);
  update broker_target
     set pending_penalty = new.pending_penalty,
         round_robin = new.load_balancing = 'round-robin',
         collection_seats = case when new.single_session then 1 else coalesce(new.max_sessions, 2147483647) end
   where collection_id = new.id;
  return null;
end;
$$;

comment on function broker_collection_to_targets() is 'Row trigger: what a collection says of counting goes to its targets.';

create trigger broker_collection_counting after update on broker_collection
  for each row
  when (
    (old.pending_penalty, old.load_balancing, old.single_session, old.max_sessions)
    is distinct from
    (new.pending_penalty, new.load_balancing, new.single_session, new.max_sessions)
  )
  execute function broker_collection_to_targets();

-- What the broker itself keeps (states, counts) must not make the version that a person or plug-in has read an old one.
create trigger broker_target_revision before update on broker_target
  for each row
  when (
    (old.name, old.kind, old.collection_id, old.provider, old.environment, old.host_id, old.fqdn, old.netbios, old.endpoints, old.drain,
     old.weight, old.max_sessions, old.single_session, old.owner_id, old.properties)
    is distinct from
    (new.name, new.kind, new.collection_id, new.provider, new.environment, new.host_id, new.fqdn, new.netbios, new.endpoints, new.drain,
     new.weight, new.max_sessions, new.single_session, new.owner_id, new.properties)
  )
  execute function bump_revision();
create trigger broker_target_change_rows after insert or delete on broker_target
  for each row execute function notify_change('target', 'id');
create trigger broker_target_change after update on broker_target
  for each row
  when (
    (old.rev, old.state, old.state_detail, old.certificate_fingerprint)
    is distinct from
    (new.rev, new.state, new.state_detail, new.certificate_fingerprint)
  )
  execute function notify_change('target', 'id');

create table broker_session (
  id ulid not null,
  collection_id ulid not null,
  target_id ulid not null,
  -- Null for somebody whom only the host knows.
  user_id ulid,
  user_name text not null,
  domain text not null default '',
  state text not null default 'connecting',
  host_session_id text,
  initial_program text not null default '',
  client_display jsonb,
  client_address text not null default '',
  client_name text not null default '',
  -- What an administrator asked of the broker that relays it.
  asked text,
  created_at timestamptz(3) not null default clock_timestamp(),
  changed_at timestamptz(3) not null default clock_timestamp(),
  disconnected_at timestamptz(3),
  ended_at timestamptz(3),
  end_reason text,
  -- Until when a log-on must follow, while it is connecting.
  expires_at timestamptz(3),
  constraint broker_session_pk primary key (id),
  constraint broker_session_collection_fk foreign key (collection_id) references broker_collection (id) on delete cascade,
  constraint broker_session_target_fk foreign key (target_id) references broker_target (id) on delete cascade,
  constraint broker_session_user_fk foreign key (user_id) references people_user (id) on delete set null,
  constraint broker_session_state_known check (state in ('connecting', 'active', 'disconnected', 'logged-off', 'orphaned')),
  constraint broker_session_asked_known check (asked in ('disconnect', 'log-off')),
  constraint broker_session_pending_expires check ((state = 'connecting') = (expires_at is not null)),
  constraint broker_session_ended check ((state in ('logged-off', 'orphaned')) = (ended_at is not null))
)
with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

comment on table broker_session is 'A person on a target, from the decision on: connecting counts and expires. Ended ones are kept for some days.';

create unique index broker_session_one_live on broker_session (collection_id, user_id)
  where state in ('connecting', 'active', 'disconnected');
create unique index broker_session_host_unique on broker_session (target_id, host_session_id)
  where state in ('connecting', 'active', 'disconnected') and host_session_id is not null;
create index broker_session_place on broker_session (target_id, lower(user_name));
create index broker_session_pending on broker_session (collection_id, expires_at) where state = 'connecting';
create index broker_session_ended on broker_session (ended_at) where ended_at is not null;
create index broker_session_collection on broker_session (collection_id, id);
create index broker_session_user on broker_session (user_id);

create function broker_session_count() returns trigger
  language plpgsql
as $$
declare
  was_pending integer := 0;
  was_there integer := 0;
  is_pending integer := 0;
  is_there integer := 0;
begin
  if tg_op <> 'INSERT' then
    was_pending := (old.state = 'connecting')::integer;
    was_there := (old.state in ('active', 'disconnected'))::integer;
  end if;
  if tg_op <> 'DELETE' then
    is_pending := (new.state = 'connecting')::integer;
    is_there := (new.state in ('active', 'disconnected'))::integer;
  end if;
  if tg_op = 'UPDATE' and old.target_id = new.target_id then
    if (was_pending, was_there) <> (is_pending, is_there) then
      update broker_target
         set num_pending = num_pending + is_pending - was_pending,
             num_sessions = num_sessions + is_there - was_there
       where id = new.target_id;
    end if;
    return null;
  end if;
  if was_pending + was_there > 0 then
    update broker_target
       set num_pending = num_pending - was_pending, num_sessions = num_sessions - was_there
     where id = old.target_id;
  end if;
  if is_pending + is_there > 0 then
    update broker_target
       set num_pending = num_pending + is_pending,
           num_sessions = num_sessions + is_there,
           assigned = case when is_pending = 1 then nextval('broker_assignment') else assigned end
     where id = new.target_id;
  end if;
  return null;
end;
$$;

comment on function broker_session_count() is 'Row trigger: a target counts its pending connections and sessions, in the transaction that changes them.';

create trigger broker_session_counted after insert or delete or update of state, target_id on broker_session
  for each row execute function broker_session_count();
create trigger broker_session_change_rows after insert or delete on broker_session
  for each row execute function notify_change('session', 'id');
create trigger broker_session_change after update on broker_session
  for each row
  when (
    (old.state, old.target_id, old.host_session_id, old.asked, old.client_address)
    is distinct from
    (new.state, new.target_id, new.host_session_id, new.asked, new.client_address)
  )
  execute function notify_change('session', 'id');

create function broker_claim(
  in_collection ulid,
  in_user ulid,
  in_session ulid,
  in_target text,
  in_not text[],
  in_asked jsonb
) returns table (outcome text, is_new boolean, session jsonb, target jsonb)
  language plpgsql
as $$
declare
  farm broker_collection%rowtype;
  seat broker_session%rowtype;
  host broker_target%rowtype;
  held boolean;
  seconds integer;
begin
  -- The directory is what hosts can tell again: losing half a second of it with a crash of the database is worth not waiting for the disk.
  perform set_config('synchronous_commit', 'off', true);
  perform broker_collection_lock(in_collection);
  select * into farm from broker_collection one where one.id = in_collection;
  if not found or not farm.enabled then
    return query select 'gone', false, null::jsonb, null::jsonb;
    return;
  end if;
  update broker_session one
     set state = 'logged-off', expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = 'timed-out'
   where one.id in (
     select late.id from broker_session late
      where late.collection_id = in_collection and late.state = 'connecting' and late.expires_at <= clock_timestamp()
      order by late.user_id = in_user desc, late.expires_at limit 50
   );

  select * into seat from broker_session one
   where one.collection_id = in_collection and one.user_id = in_user and one.state in ('connecting', 'active', 'disconnected')
     for update;
  held := found;
  if held then
    select * into host from broker_target one where one.id = seat.target_id;
    if host.state in ('running', 'starting', 'stopped', 'hibernated', 'checked-out')
       and not (host.id = any (in_not) or lower(host.name) = any (in_not)) then
      seconds := farm.pending_seconds + case when host.state = 'running' then 0 else farm.start_seconds end;
      if seat.state = 'connecting' then
        update broker_session one
           set expires_at = clock_timestamp() + make_interval(secs => seconds), client_address = in_asked ->> 'clientAddress'
         where one.id = seat.id
        returning * into seat;
      end if;
      return query select 'claimed', seat.state = 'connecting', to_jsonb(seat), to_jsonb(host);
      return;
    end if;
  end if;

  if in_target is not null then
    select * into host from broker_target one where lower(one.name) = lower(in_target) and one.collection_id = in_collection for no key update;
    if not found or (host.owner_id is not null and host.owner_id <> in_user) then
      return query select 'gone', false, null::jsonb, null::jsonb;
      return;
    end if;
    -- A place of one's own on it does not count against oneself.
    if host.availability is null then
      return query select case when host.drain then 'drain' when host.state not in ('running', 'starting', 'stopped', 'hibernated', 'checked-out') then 'state' else 'full' end,
                          false, null::jsonb, null::jsonb;
      return;
    end if;
  else
    select * into host from broker_target one
     where one.owner_id = in_user and one.collection_id = in_collection
       and not (one.id = any (in_not) or lower(one.name) = any (in_not))
     order by one.availability nulls last, one.load, one.assigned limit 1;
    if found and host.availability is null then
      return query select case when host.drain then 'drain' when host.state not in ('running', 'starting', 'stopped', 'hibernated', 'checked-out') then 'state' else 'full' end,
                          false, null::jsonb, null::jsonb;
      return;
    end if;
    if not found then
      select * into host from broker_target one
       where one.collection_id = in_collection and one.availability is not null and one.owner_id is null
         and not (one.id = any (in_not) or lower(one.name) = any (in_not))
       order by one.availability, one.load, one.assigned limit 1;
      if not found then
        return query select 'no-target', false, null::jsonb, null::jsonb;
        return;
      end if;
    end if;
  end if;

  if held then
    update broker_session one
       set state = case when seat.state = 'connecting' then 'logged-off' else 'orphaned' end,
           expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = 'moved'
     where one.id = seat.id;
  end if;
  if farm.kind in ('personal-vms', 'personal-session-hosts') and host.owner_id is null then
    update broker_target one set owner_id = in_user where one.id = host.id;
  end if;
  seconds := farm.pending_seconds + case when host.state = 'running' then 0 else farm.start_seconds end;
  insert into broker_session as one (
    id, collection_id, target_id, user_id, user_name, domain, initial_program, client_display, client_address, client_name, expires_at
  ) values (
    in_session, in_collection, host.id, in_user, in_asked ->> 'user', in_asked ->> 'domain', in_asked ->> 'initialProgram',
    nullif(in_asked -> 'display', 'null'::jsonb), in_asked ->> 'clientAddress', in_asked ->> 'clientName', clock_timestamp() + make_interval(secs => seconds)
  ) returning * into seat;
  select * into host from broker_target one where one.id = host.id;
  return query select 'claimed', true, to_jsonb(seat), to_jsonb(host);
end;
$$;

comment on function broker_claim(ulid, ulid, ulid, text, text[], jsonb) is 'The decision: the user''s live session in the collection, or a place on the target that was named or that carries least. One at a time for each collection; gives claimed, no-target, gone, drain, full or state.';

create table broker_token (
  token_hash bytea not null,
  session_id ulid not null,
  target_id ulid not null,
  user_id ulid,
  client_address text not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  expires_at timestamptz(3) not null,
  last_used_at timestamptz(3),
  uses integer not null default 0,
  hops integer not null default 0,
  constraint broker_token_pk primary key (token_hash),
  constraint broker_token_session_fk foreign key (session_id) references broker_session (id) on delete cascade,
  constraint broker_token_target_fk foreign key (target_id) references broker_target (id) on delete cascade,
  constraint broker_token_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint broker_token_hashed check (octet_length(token_hash) = 32)
);

comment on table broker_token is 'A routing token that a client carries back to a broker; the token itself is known to its holder only.';

create index broker_token_session on broker_token (session_id);
create index broker_token_target on broker_token (target_id);
create index broker_token_user on broker_token (user_id, created_at);
create index broker_token_expires_at on broker_token (expires_at);

create table broker_ticket (
  id ulid not null,
  ticket_hash bytea not null,
  user_id ulid not null,
  collection_id ulid,
  target_id ulid,
  created_at timestamptz(3) not null default clock_timestamp(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  constraint broker_ticket_pk primary key (id),
  constraint broker_ticket_hash_unique unique (ticket_hash),
  constraint broker_ticket_user_fk foreign key (user_id) references people_user (id) on delete cascade,
  constraint broker_ticket_collection_fk foreign key (collection_id) references broker_collection (id) on delete cascade,
  constraint broker_ticket_target_fk foreign key (target_id) references broker_target (id) on delete cascade,
  constraint broker_ticket_hashed check (octet_length(ticket_hash) = 32)
);

comment on table broker_ticket is 'A password for one sign-in within a minute, which the console gives to whoever is signed in there.';

create index broker_ticket_user on broker_ticket (user_id, expires_at);
create index broker_ticket_collection on broker_ticket (collection_id);
create index broker_ticket_target on broker_ticket (target_id);
create index broker_ticket_expires_at on broker_ticket (expires_at);

create sequence broker_fence as bigint;

create table broker_lease (
  name text not null,
  holder text not null,
  fence bigint not null default nextval('broker_fence'),
  until timestamptz(3) not null,
  constraint broker_lease_pk primary key (name),
  constraint broker_lease_name_length check (length(name) between 1 and 300)
);

comment on table broker_lease is 'The right to do something alone among all brokers, until it is given back or not renewed. The fence grows with each holder.';

create index broker_lease_until on broker_lease (until);

create table broker_instance (
  id ulid not null,
  name text not null,
  address text not null,
  version text not null default '',
  counts jsonb not null default '{}',
  started_at timestamptz(3) not null default now(),
  heartbeat_at timestamptz(3) not null default now(),
  constraint broker_instance_pk primary key (id),
  constraint broker_instance_name_length check (length(name) between 1 and 200)
);

comment on table broker_instance is 'A broker process that runs. One that did not tell of itself for a while is dead, and its row goes.';

create index broker_instance_heartbeat on broker_instance (heartbeat_at);
create trigger broker_instance_change_rows after insert or delete on broker_instance
  for each row execute function notify_change('broker', 'id');
create trigger broker_instance_change after update on broker_instance
  for each row
  when ((old.name, old.address, old.version, old.counts) is distinct from (new.name, new.address, new.version, new.counts))
  execute function notify_change('broker', 'id');

create table broker_plugin (
  name text not null,
  -- Where its program is: a module's path, a command line, or the name of a built-in one.
  source text not null default '',
  provider text not null default '',
  priority integer not null default 0,
  enabled boolean not null default false,
  -- Names of the collections that it decides for; none: all.
  collections text[] not null default '{}',
  budgets jsonb not null default '{}',
  on_failure text not null default 'continue',
  -- It may send people to machines that are no targets.
  allow_external boolean not null default false,
  -- A person changed what its manifest says: the manifest no longer counts.
  overridden boolean not null default false,
  settings jsonb not null default '{}',
  -- Counted up to have every broker forget its failures.
  resets integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_plugin_pk primary key (name),
  constraint broker_plugin_name_form check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  constraint broker_plugin_failure_known check (on_failure in ('continue', 'fail-connection')),
  constraint broker_plugin_collections_few check (cardinality(collections) <= 1000)
);

comment on table broker_plugin is 'A plug-in that takes part in decisions: what its manifest says, or what a person said over it. The highest priority is asked first.';

create trigger broker_plugin_revision before update on broker_plugin
  for each row execute function bump_revision();
create trigger broker_plugin_change after insert or update or delete on broker_plugin
  for each row execute function notify_change('broker-plugin', 'name');

create table broker_plugin_health (
  plugin text not null,
  broker_id ulid not null,
  state text not null,
  failures integer not null default 0,
  calls bigint not null default 0,
  time_outs bigint not null default 0,
  restarts bigint not null default 0,
  suspended_until timestamptz(3),
  last_error text,
  last_error_at timestamptz(3),
  updated_at timestamptz(3) not null default now(),
  constraint broker_plugin_health_pk primary key (plugin, broker_id),
  constraint broker_plugin_health_plugin_fk foreign key (plugin) references broker_plugin (name) on update cascade on delete cascade,
  constraint broker_plugin_health_broker_fk foreign key (broker_id) references broker_instance (id) on delete cascade,
  constraint broker_plugin_health_state_known check (state in ('starting', 'ready', 'suspended', 'restarting', 'failed', 'stopped'))
);

comment on table broker_plugin_health is 'How a plug-in fares in one broker.';

create index broker_plugin_health_broker on broker_plugin_health (broker_id);
create trigger broker_plugin_health_rows after insert or delete on broker_plugin_health
  for each row execute function notify_change('broker-plugin', 'plugin');
create trigger broker_plugin_health_change after update on broker_plugin_health
  for each row
  when ((old.state, old.suspended_until, old.last_error) is distinct from (new.state, new.suspended_until, new.last_error))
  execute function notify_change('broker-plugin', 'plugin');

create table broker_plugin_property (
  plugin text not null,
  name text not null,
  value jsonb not null,
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint broker_plugin_property_pk primary key (plugin, name),
  constraint broker_plugin_property_plugin_fk foreign key (plugin) references broker_plugin (name) on update cascade on delete cascade,
  constraint broker_plugin_property_name_length check (length(name) between 1 and 200)
);

comment on table broker_plugin_property is 'What a plug-in keeps for itself, the same in all brokers.';

create trigger broker_plugin_property_revision before update on broker_plugin_property
  for each row execute function bump_revision();

create table broker_connection (
  id ulid not null,
  at timestamptz(3) not null default clock_timestamp(),
  user_id ulid,
  user_name text not null,
  domain text not null default '',
  collection_id ulid,
  collection text not null,
  -- Without a reference: sessions are forgotten sooner.
  session_id ulid,
  target text,
  outcome text not null,
  failure text,
  client_address text not null default '',
  client_name text not null default '',
  total_ms double precision not null default 0,
  trace jsonb not null,
  constraint broker_connection_pk primary key (id),
  constraint broker_connection_user_fk foreign key (user_id) references people_user (id) on delete set null,
  constraint broker_connection_collection_fk foreign key (collection_id) references broker_collection (id) on delete set null,
  constraint broker_connection_outcome_known check (outcome in ('redirected', 'failed', 'cancelled', 'timed-out'))
);

comment on table broker_connection is 'An attempt to connect, with what was decided and why. Old ones are deleted.';

create index broker_connection_at on broker_connection (at, id);
create index broker_connection_user on broker_connection (user_id, at);
create index broker_connection_collection on broker_connection (collection_id, at);
create index broker_connection_session on broker_connection (session_id) where session_id is not null;
create trigger broker_connection_change after insert on broker_connection
  for each row execute function notify_change('connection', 'id');

-- People behind one address who sign in at once are no guesses yet.
alter table people_sign_in_attempt add column settled boolean not null default false;
comment on column people_sign_in_attempt.settled is 'The outcome is known. Until then, and for a minute at most, an attempt does not count against its address.';

create function people_sign_in_book(in_name text, in_ip inet)
  returns table (seq bigint, by_user bigint, since_user double precision, by_address bigint, since_address double precision)
  language plpgsql
as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  -- One at a time for each name: guesses that are sent at once count at once.
  perform pg_advisory_xact_lock(hashtextextended('sign-in ' || in_name, 0));
  select count(*), coalesce(extract(epoch from clock_timestamp() - max(one.at)), 0)
    into by_user, since_user
    from people_sign_in_attempt one
   where one.user_name = in_name and not one.succeeded and one.at > clock_timestamp() - interval '1 hour'
     and one.seq > coalesce((select max(good.seq) from people_sign_in_attempt good where good.user_name = in_name and good.succeeded), 0);
  select count(*), coalesce(extract(epoch from clock_timestamp() - max(one.at)), 0)
    into by_address, since_address
    from people_sign_in_attempt one
   where one.ip = in_ip and not one.succeeded and one.at > clock_timestamp() - interval '1 hour'
     and (one.settled or one.at < clock_timestamp() - interval '1 minute');
  insert into people_sign_in_attempt as made (user_name, ip, succeeded) values (in_name, in_ip, false) returning made.seq into seq;
  return next;
end;
$$;

comment on function people_sign_in_book(text, inet) is 'Books an attempt to sign in as failed, and gives the failures before it with the seconds since the last: of the name since its last success, and of the address.';
