-- How endpoints fetch versions: what one of them does otherwise, who gives to others, and what came from whom.

create table transfer_override (
  endpoint_id ulid not null,
  document jsonb not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  rev bigint not null default 1,
  constraint transfer_override_pk primary key (endpoint_id),
  constraint transfer_override_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade
);

comment on table transfer_override is 'What one endpoint does otherwise than the organisation''s transfer policy says.';

create trigger transfer_override_revision before update on transfer_override
  for each row execute function bump_revision();
create trigger transfer_override_change after insert or update or delete on transfer_override
  for each row execute function notify_change('transfer-override', 'endpoint_id');

create table transfer_peer (
  endpoint_id ulid not null,
  urls text[] not null,
  networks text[] not null,
  site_cache boolean not null default false,
  announced_at timestamptz(3) not null default now(),
  constraint transfer_peer_pk primary key (endpoint_id),
  constraint transfer_peer_endpoint_fk foreign key (endpoint_id) references endpoint (id) on delete cascade
);

comment on table transfer_peer is 'An endpoint that gives what it fetched to others of its site, as it announced itself: its addresses and the networks that it is in.';

create index transfer_peer_networks on transfer_peer using gin (networks);

alter table transfer
  add column bytes_peer bigint not null default 0,
  add column bytes_media bigint not null default 0,
  add constraint transfer_more_bytes_not_negative check (least(bytes_peer, bytes_media) >= 0);

comment on table transfer is 'A version on its way to an endpoint. bytes_zero, _resumed, _previous, _host, _media, _peer and _network are bytes of the disk by source; bytes_downloaded is what the repository gave for them.';
