-- An administrator who disconnects somebody means it: clients that come back by themselves with the token of that session are turned away for a while.

alter table broker_token add column disconnected_at timestamptz(3);

comment on column broker_token.disconnected_at is 'When an administrator disconnected whom it leads; null as a rule.';

create function broker_session_sent_away() returns trigger
  language plpgsql
as $$
begin
  update broker_token set disconnected_at = clock_timestamp() where session_id = new.id;
  return null;
end;
$$;

comment on function broker_session_sent_away() is 'Row trigger: whoever is disconnected dials afresh to come back.';

create trigger broker_session_sent_away after update of asked on broker_session
  for each row when (new.asked = 'disconnect' and old.asked is distinct from new.asked)
  execute function broker_session_sent_away();
