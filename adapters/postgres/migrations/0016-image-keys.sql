-- Encrypted images: which content keys an image has had. The keys themselves lie sealed in secret, under image-key/<key id>.

create table image_key (
  key_id text not null,
  image_id ulid not null,
  number int not null,
  created_by ulid,
  created_at timestamptz(3) not null default now(),
  constraint image_key_pk primary key (key_id),
  constraint image_key_number_unique unique (image_id, number),
  constraint image_key_image_fk foreign key (image_id) references image (id) on delete cascade,
  constraint image_key_created_by_fk foreign key (created_by) references people_user (id) on delete set null,
  constraint image_key_id_form check (key_id ~ '^k[1-9][0-9]{0,8}-[0-9a-f]{12}$'),
  constraint image_key_number_positive check (number >= 1)
);

comment on table image_key is 'The content keys of an encrypted image: new versions are packed with the one of the highest number, older ones stay readable with theirs.';

create index image_key_created_by on image_key (created_by);

create function forget_image_key() returns trigger language plpgsql as $$
begin
  delete from secret where key = 'image-key/' || old.key_id;
  return old;
end $$;

comment on function forget_image_key() is 'A key goes with its image: what copies of the repository still hold of it is unreadable from then on.';

create trigger image_key_forgotten after delete on image_key
  for each row execute function forget_image_key();
create trigger image_key_change after insert or delete on image_key
  for each row execute function notify_change('image', 'image_id');
