-- Sign-ins in crowds: what many ask for at once is done by one statement, so that each pays its share of planning, locking, counting and telling only.

-- Counts of new sessions, once for each target and statement.
create function broker_session_count_new() returns trigger
  language plpgsql
as $$
begin
  update broker_target target
     set num_pending = target.num_pending + come.pending,
         num_sessions = target.num_sessions + come.there,
         assigned = case when come.pending > 0 then come.turn else target.assigned end
    from (
      -- Whoever was chosen last comes last among equals.
      select one.target_id, one.pending, one.there, nextval('broker_assignment') as turn
        from (
          select target_id, max(id) as last,
                 (count(*) filter (where state = 'connecting'))::integer as pending,
                 (count(*) filter (where state <> 'connecting'))::integer as there
            from arrived where state in ('connecting', 'active', 'disconnected')
           group by target_id order by last
        ) one
    ) come
   where target.id = come.target_id;
  return null;
end;
$$;

comment on function broker_session_count_new() is 'Statement trigger: targets count the sessions that came to be, in the transaction that made them.';

create function broker_notify_new() returns trigger
  language plpgsql
as $$
begin
  perform pg_notify('atelier_change', json_build_object('kind', tg_argv[0], 'id', one.id, 'rev', null, 'action', 'insert')::text) from arrived one;
  return null;
end;
$$;

comment on function broker_notify_new() is 'Statement trigger (kind): what notify_change tells of each new row.';

drop trigger broker_session_counted on broker_session;
create trigger broker_session_counted after delete or update of state, target_id on broker_session
  for each row execute function broker_session_count();
create trigger broker_session_counted_new after insert on broker_session
  referencing new table as arrived
  for each statement execute function broker_session_count_new();

drop trigger broker_session_change_rows on broker_session;
create trigger broker_session_change_rows after delete on broker_session
  for each row execute function notify_change('session', 'id');
create trigger broker_session_change_new after insert on broker_session
  referencing new table as arrived
  for each statement execute function broker_notify_new('session');

drop trigger broker_connection_change on broker_connection;
create trigger broker_connection_change after insert on broker_connection
  referencing new table as arrived
  for each statement execute function broker_notify_new('connection');

-- A token goes with its session, and a session with its target: a reference of its own would only lock the target's busy row once more.
alter table broker_token drop constraint broker_token_target_fk;
drop index broker_token_target;
comment on column broker_token.target_id is 'Where its session was then, without a reference: the session has one.';

-- Rows that are changed a moment after they were made: with room beside them their indexes stay as they are.
alter table people_sign_in_attempt set (fillfactor = 70);
alter table broker_ticket set (fillfactor = 70);
alter table broker_token set (fillfactor = 70);

create function broker_claim_together(in_collection ulid, in_asked jsonb)
  returns table (n integer, outcome text, session json, target_id text, target json, with_token boolean)
  language plpgsql
  rows 20
as $$
#variable_conflict use_column
declare
  farm broker_collection%rowtype;
  -- A time that indexes are looked into with, as the clock cannot be.
  moment timestamptz := clock_timestamp();
  everybody text[];
  -- Those whose session is on a target that takes them back, those who have to be decided about one by one, and those who are new.
  back text[];
  apart text[];
  fresh text[];
  -- Sessions that they have at the end.
  taken text[];
  refused jsonb := '{}';
  person record;
  claim record;
begin
  -- As broker_claim: what a crash of the database may lose is what hosts can tell again.
  perform set_config('synchronous_commit', 'off', true);
  perform broker_collection_lock(in_collection);
  select * into farm from broker_collection one where one.id = in_collection;
  if not found or not farm.enabled then
    return query select asked.n, 'gone', null::json, null::text, null::json, false from jsonb_to_recordset(in_asked) as asked (n integer);
    return;
  end if;
  select array_agg(asked.user_id) into everybody from jsonb_to_recordset(in_asked) as asked (user_id text);
  if exists (select from broker_session late where late.collection_id = in_collection and late.state = 'connecting' and late.expires_at <= moment) then
    update broker_session one
       set state = 'logged-off', expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = 'timed-out'
     where one.id in (
       select late.id from broker_session late
        where late.collection_id = in_collection and late.state = 'connecting' and late.expires_at <= moment
        order by late.user_id = any (everybody) desc, late.expires_at limit 50 + cardinality(everybody)
     );
  end if;

  select coalesce(array_agg(seat.user_id) filter (where seat.ready), '{}'), coalesce(array_agg(seat.id) filter (where seat.ready), '{}'),
         coalesce(array_agg(seat.user_id) filter (where not seat.ready), '{}')
    into back, taken, apart
    from unnest(everybody) who
   -- One by one: statistics that lag behind would have all sessions of the collection looked through.
   cross join lateral (
     select one.id, one.user_id, (
              select host.state in ('running', 'starting', 'stopped', 'hibernated', 'checked-out') from broker_target host where host.id = one.target_id
            ) as ready
       from broker_session one
      where one.collection_id = in_collection and one.user_id = who and one.state in ('connecting', 'active', 'disconnected')
        for update of one
   ) seat;
  if cardinality(taken) > 0 then
    update broker_session seat
       set expires_at = moment + make_interval(secs => farm.pending_seconds + case when host.state = 'running' then 0 else farm.start_seconds end),
           client_address = asked.client ->> 'clientAddress'
      from jsonb_to_recordset(in_asked) as asked (user_id text, client jsonb), broker_target host
     where seat.id = any (taken) and seat.user_id = asked.user_id and seat.state = 'connecting' and host.id = seat.target_id;
  end if;
  if farm.kind in ('personal-vms', 'personal-session-hosts') then
    apart := everybody;
  else
    select apart || coalesce(array_agg(one.owner_id), '{}') into apart
      from broker_target one where one.owner_id = any (everybody) and one.collection_id = in_collection;
  end if;
  for person in
    select asked.* from jsonb_to_recordset(in_asked) as asked (n integer, user_id text, session_id text, client jsonb)
     where asked.user_id = any (apart) and asked.user_id <> all (back) order by asked.n
  loop
    select one.outcome, one.session ->> 'id' as seat into claim
      from broker_claim(in_collection, person.user_id, person.session_id, null, '{}', person.client) one;
    if claim.outcome = 'claimed' then taken := taken || claim.seat;
    else refused := refused || jsonb_build_object(person.user_id, claim.outcome);
    end if;
  end loop;

  select array_agg(one) into fresh from unnest(everybody) one where one <> all (back) and one <> all (apart);
  if fresh is not null then
    -- The places that as many decisions one after the other would take: each target stands there as often as it may be chosen, with what it would carry then.
    with host as (
      select one.id, one.state, one.availability, one.load, one.assigned, one.weight, one.pending_penalty, one.round_robin, one.num_sessions, one.num_pending,
             one.seats::bigint - one.num_sessions - one.num_pending as free
        from broker_target one
       where one.collection_id = in_collection and one.availability is not null and one.owner_id is null
       order by one.availability, one.load, one.assigned limit cardinality(fresh)
    ), place as (
      select host.id, host.state,
             row_number() over (order by host.availability,
               case when host.round_robin then 0
                    else (host.num_sessions::double precision + (host.num_pending::double precision + 1 + more) * host.pending_penalty) / host.weight end,
               more, host.assigned) as turn
        from host cross join lateral generate_series(0, least(host.free, cardinality(fresh))::integer - 1) more
    ), person as (
      select asked.*, row_number() over (order by asked.n) as turn
        from jsonb_to_recordset(in_asked) as asked (n integer, user_id text, session_id text, client jsonb)
       where asked.user_id = any (fresh)
    ), made as (
      insert into broker_session as one (
        id, collection_id, target_id, user_id, user_name, domain, initial_program, client_display, client_address, client_name, expires_at
      )
      select person.session_id, in_collection, place.id, person.user_id, person.client ->> 'user', person.client ->> 'domain', person.client ->> 'initialProgram',
             nullif(person.client -> 'display', 'null'::jsonb), person.client ->> 'clientAddress', person.client ->> 'clientName',
             moment + make_interval(secs => farm.pending_seconds + case when place.state = 'running' then 0 else farm.start_seconds end)
        from person join place using (turn)
      returning one.id
    )
    select taken || coalesce(array_agg(made.id::text), '{}') into taken from made;
  end if;

  if farm.redirect_mode = 'token' then
    insert into broker_token (token_hash, session_id, target_id, user_id, client_address, expires_at, hops)
    select decode(asked.token, 'hex'), seat.id, seat.target_id, seat.user_id, asked.address,
           greatest(seat.expires_at, moment + interval '2 minutes'),
           -- How often tokens of this user were carried round within the last minute: a new one goes on from there.
           coalesce((
             select max(before.hops) from broker_token before
              where before.user_id = seat.user_id and before.last_used_at > moment - interval '60 seconds'
                and (select other.collection_id from broker_session other where other.id = before.session_id) = in_collection), 0)
      from broker_session seat
      join jsonb_to_recordset(in_asked) as asked (user_id text, token text, address text) on asked.user_id = seat.user_id
     where seat.id = any (taken);
  end if;
  return query
    select asked.n, case when seat.id is null then coalesce(refused ->> asked.user_id, 'no-target') else 'claimed' end,
           case when seat.id is not null then row_to_json(seat) end, host.id::text,
           -- What several have in common is told once.
           case when row_number() over (partition by host.id order by asked.n) = 1 then row_to_json(host) end,
           farm.redirect_mode = 'token'
      from jsonb_to_recordset(in_asked) as asked (n integer, user_id text)
      left join (
        broker_session seat join broker_target host on host.id = seat.target_id
      ) on seat.id = any (taken) and seat.user_id = asked.user_id;
end;
$$;

comment on function broker_claim_together(ulid, jsonb) is 'Decisions of broker_claim for different people of a collection at once, none of whom named a target, each with a routing token where clients come back: [{n, user_id, session_id, client, token, address}], token the SHA-256 in hexadecimal.';

create function people_sign_in_book_together(in_names text[], in_addresses text[])
  returns table (n integer, name text, here boolean, seq bigint, by_user bigint, since_user double precision, by_address bigint, since_address double precision)
  language plpgsql
  rows 20
as $$
#variable_conflict use_column
declare
  moment timestamptz;
begin
  perform set_config('synchronous_commit', 'off', true);
  -- One at a time for each name; in one order, so that nobody waits in a circle.
  perform pg_advisory_xact_lock(lock) from (select distinct hashtextextended('sign-in ' || one, 0) as lock from unnest(in_names) one order by lock) locks;
  moment := clock_timestamp();
  return query
    with asked as materialized (
      select one.n::integer as n, one.name, one.address::inet as ip from unnest(in_names, in_addresses) with ordinality as one (name, address, n)
    ), since as materialized (
      -- Where the name is known, only what failed from there counts; else what failed since its last success anywhere.
      select asked.n, asked.name, asked.ip, here.seq is not null as here, coalesce(here.seq, anywhere.seq, 0) as seq
        from asked
       cross join lateral (
         select max(good.seq) as seq from people_sign_in_attempt good
          where good.user_name = asked.name and good.ip = asked.ip and good.succeeded and good.at > moment - interval '30 days'
       ) here
       cross join lateral (
         select max(good.seq) as seq from people_sign_in_attempt good where good.user_name = asked.name and good.succeeded
       ) anywhere
    ), known as materialized (
      select since.n, count(bad.at) as bad, coalesce(extract(epoch from moment - max(bad.at)), 0)::double precision as since
        from since
        left join lateral (
          select one.at from people_sign_in_attempt one
           where one.user_name = since.name and not one.succeeded and one.at > moment - interval '1 hour'
             and one.seq > since.seq and (one.ip = since.ip or not since.here)
        ) bad on true
       group by since.n
    ), addressed as materialized (
      select office.ip, count(bad.at) as bad, coalesce(extract(epoch from moment - max(bad.at)), 0)::double precision as since
        from (select distinct asked.ip from asked where asked.ip is not null) office
        left join lateral (
          select one.at from people_sign_in_attempt one
           where one.ip = office.ip and not one.succeeded and one.at > moment - interval '1 hour'
             and (one.settled or one.at < moment - interval '1 minute')
        ) bad on true
       group by office.ip
    ), made as (
      insert into people_sign_in_attempt as attempt (user_name, ip, succeeded)
      select asked.name, asked.ip, false from asked order by asked.n
      returning attempt.seq, attempt.user_name
    ), numbered as (
      select made.seq, made.user_name, row_number() over (partition by made.user_name order by made.seq) as time from made
    ), timed as (
      select asked.n, row_number() over (partition by asked.name order by asked.n) as time from asked
    )
    select asked.n, asked.name, since.here, numbered.seq, known.bad, known.since, coalesce(addressed.bad, 0), coalesce(addressed.since, 0)
      from asked
      join timed on timed.n = asked.n
      join numbered on numbered.user_name = asked.name and numbered.time = timed.time
      join since on since.n = asked.n
      join known on known.n = asked.n
      left join addressed on addressed.ip = asked.ip;
end;
$$;

comment on function people_sign_in_book_together(text[], text[]) is 'What people_sign_in_book does, for several at once; those of one name are all told the failures before the first of them. here: only those from this address count for the name.';
