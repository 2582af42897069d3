-- Which broker carries a session: when that broker is dead, nobody tells that its client is gone.

alter table broker_session add column relayed_by ulid;

comment on column broker_session.relayed_by is 'The broker_instance that carries it, or did last; null: nobody, or nobody knows.';
