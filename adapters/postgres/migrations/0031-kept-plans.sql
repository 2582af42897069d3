-- What is asked for at each sign-in keeps its plans: made anew for each call they cost more than the work. And as such a plan stays while tables grow
-- under it, it never reads a whole one.

alter function broker_claim_together(ulid, jsonb) set plan_cache_mode = 'force_generic_plan';
alter function broker_claim_together(ulid, jsonb) set enable_seqscan = off;
alter function people_sign_in_book_together(text[], text[]) set plan_cache_mode = 'force_generic_plan';
alter function people_sign_in_book_together(text[], text[]) set enable_seqscan = off;

-- As before, but that it looks at places that are over only, in place of all that are waited for.
create or replace function broker_claim(
  in_collection ulid,
  in_user ulid,
  in_session ulid,
  in_target text,
  in_not text[],
  in_asked jsonb
) returns table (outcome text, is_new boolean, session jsonb, target jsonb)
  language plpgsql
  set plan_cache_mode = 'force_generic_plan'
  set enable_seqscan = off
as $$
declare
  -- A time that indexes are looked into with, as the clock cannot be.
  moment timestamptz;
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
  moment := clock_timestamp();
  if exists (select from broker_session late where late.collection_id = in_collection and late.state = 'connecting' and late.expires_at <= moment) then
    update broker_session one
       set state = 'logged-off', expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = 'timed-out'
     where one.id in (
       select late.id from broker_session late
        where late.collection_id = in_collection and late.state = 'connecting' and late.expires_at <= moment
        order by late.user_id = in_user desc, late.expires_at limit 50
     );
  end if;

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
