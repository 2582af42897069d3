-- A client that came back with its token brings a host the password that is used up: the host asks once for each coming back whether it may let it in.

alter table broker_token add column returned_at timestamptz(3);

comment on column broker_token.returned_at is 'The use by which its client was let in again by a password that was used up.';
