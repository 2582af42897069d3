-- Strangers who guess at somebody's password must not keep that person out: where somebody signed in within the last 30 days, only what failed from there
-- counts for the name.
create or replace function people_sign_in_book(in_name text, in_ip inet)
  returns table (seq bigint, by_user bigint, since_user double precision, by_address bigint, since_address double precision)
  language plpgsql
as $$
declare
  known_since bigint;
begin
  perform set_config('synchronous_commit', 'off', true);
  -- One at a time for each name: guesses that are sent at once count at once.
  perform pg_advisory_xact_lock(hashtextextended('sign-in ' || in_name, 0));
  select max(good.seq) into known_since
    from people_sign_in_attempt good
   where good.user_name = in_name and good.ip = in_ip and good.succeeded and good.at > clock_timestamp() - interval '30 days';
  if known_since is not null then
    select count(*), coalesce(extract(epoch from clock_timestamp() - max(one.at)), 0)
      into by_user, since_user
      from people_sign_in_attempt one
     where one.user_name = in_name and one.ip = in_ip and not one.succeeded and one.at > clock_timestamp() - interval '1 hour'
       and one.seq > known_since;
  else
    select count(*), coalesce(extract(epoch from clock_timestamp() - max(one.at)), 0)
      into by_user, since_user
      from people_sign_in_attempt one
     where one.user_name = in_name and not one.succeeded and one.at > clock_timestamp() - interval '1 hour'
       and one.seq > coalesce((select max(good.seq) from people_sign_in_attempt good where good.user_name = in_name and good.succeeded), 0);
  end if;
  select count(*), coalesce(extract(epoch from clock_timestamp() - max(one.at)), 0)
    into by_address, since_address
    from people_sign_in_attempt one
   where one.ip = in_ip and not one.succeeded and one.at > clock_timestamp() - interval '1 hour'
     and (one.settled or one.at < clock_timestamp() - interval '1 minute');
  insert into people_sign_in_attempt as made (user_name, ip, succeeded) values (in_name, in_ip, false) returning made.seq into seq;
  return next;
end;
$$;

comment on function people_sign_in_book(text, inet) is 'Books an attempt to sign in as failed, and gives the failures before it with the seconds since the last: of the name since its last success, only from this address where the name is known there; and of the address.';
