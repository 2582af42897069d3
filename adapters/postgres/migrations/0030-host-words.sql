-- Hosts whose word on desktop sessions is missing speak for their targets no more.

alter table host add column sessions_heard_at timestamptz(3);

comment on column host.sessions_heard_at is 'When it was last heard which desktop sessions it has, within ten seconds; null: never.';
