-- A place that is waited for may be held by several connections of its user: whoever gives it up must not take it from the others.

alter table broker_session add column holders integer not null default 1;

comment on column broker_session.holders is 'Connections that it was given to while it is connecting; given up by the last of them.';

create function broker_session_held_again() returns trigger
  language plpgsql
as $$
begin
  new.holders := old.holders + 1;
  return new;
end;
$$;

comment on function broker_session_held_again() is 'Row trigger: a place whose time begins again was given to one more.';

create trigger broker_session_held_again before update of expires_at on broker_session
  for each row when (old.state = 'connecting' and new.state = 'connecting')
  execute function broker_session_held_again();
