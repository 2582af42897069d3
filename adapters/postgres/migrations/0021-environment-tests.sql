-- Whether machines of an environment can be switched is seen by the brokers that switch them: people ask here, a broker answers here.

create table broker_environment_test (
  id ulid not null,
  environment text not null,
  asked_at timestamptz(3) not null default clock_timestamp(),
  -- The broker that looks; null: nobody took it up yet.
  broker text,
  done_at timestamptz(3),
  findings jsonb not null default '[]',
  constraint broker_environment_test_pk primary key (id),
  constraint broker_environment_test_environment_fk foreign key (environment) references broker_environment (name) on delete cascade
);

comment on table broker_environment_test is 'A question whether machines of an environment can be switched, and a broker''s answer. Old ones go when new ones come.';

create index broker_environment_test_environment on broker_environment_test (environment);
create trigger broker_environment_test_change after insert on broker_environment_test
  for each row execute function notify_change('environment-test', 'id');
