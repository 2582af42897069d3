-- The three reports of MED-V, with its columns, as stable views that other programs may read.

create view v_status as
  select coalesce(instance.reported_at, instance.updated_at) as "time",
         person.name as user_name,
         endpoint.name as host_name,
         workspace.name as workspace_name,
         instance.computer_name as workspace_computer_name,
         case when instance.started_at is null then 'Stopped'
              else 'Started at ' || to_char(instance.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
         end as "online",
         endpoint.client_version,
         instance.policy_revision as policy_version,
         image.name as image_name,
         coalesce(instance.version_number::text, 'Unknown') as image_version
    from workspace_instance instance
    join endpoint on endpoint.id = instance.endpoint_id
    join people_user person on person.id = instance.user_id
    join workspace on workspace.id = instance.workspace_id
    join image on image.id = workspace.image_id
   where instance.state <> 'deleted';

comment on view v_status is 'Report "Status": every user and workspace on every endpoint, as it is now.';

create view v_activity as
  select event.seq,
         event.code as event_id,
         event.severity,
         event.category,
         event.description,
         event.received_at as time_received,
         event.client_time,
         event.host_name,
         event.user_name,
         event.workspace_name,
         event.workspace_computer_name
    from event;

comment on view v_activity is 'Report "Activity log": every event.';

create view v_errors as
  select event.seq,
         event.code as event_id,
         event.category,
         event.description,
         event.received_at as time_received,
         event.client_time,
         event.host_name,
         event.user_name,
         event.workspace_name
    from event
   where event.severity = 'error';

comment on view v_errors is 'Report "Error log": every event of severity error.';
