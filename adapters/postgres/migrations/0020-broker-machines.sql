-- Machines that the broker makes and throws away: nobody gets one that somebody else was on.

create function broker_target_used() returns trigger
  language plpgsql
as $$
begin
  update broker_target target
     set state = 'stopping', state_detail = 'somebody was on it'
    from broker_collection collection
   where target.id = new.target_id and target.owner_id is null and target.properties ? 'madeAt'
     and collection.id = target.collection_id and collection.kind = 'pooled-vms' and collection.vm ? 'image';
  return null;
end;
$$;

comment on function broker_target_used() is 'Row trigger: a pooled machine takes nobody from the log-off on, in the same transaction, until it has a new disk.';

create trigger broker_session_used after update of state on broker_session
  for each row
  when (
    new.state in ('logged-off', 'orphaned')
    and (old.state in ('active', 'disconnected') or (old.state = 'connecting' and coalesce(new.end_reason, '') not in ('cancelled', 'failed')))
  )
  execute function broker_target_used();
