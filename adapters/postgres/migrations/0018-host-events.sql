-- Events of hosts: one server at a time collects from each.

alter table host add column event_sequence bigint not null default 0;
alter table host add column event_lease_by text;
alter table host add column event_lease_until timestamptz(3);

comment on column host.event_sequence is 'Number of the last event that was stored: it and the bookmark go on in the transaction that stores.';
comment on column host.event_lease_by is 'The run of a server that collects from this host until event_lease_until.';
