-- People look for somebody, or for a target, among half a million attempts to connect: by name, newest first. Without these each look reads all of them.

create index broker_connection_user_name on broker_connection (lower(user_name), at);
create index broker_connection_target on broker_connection (lower(target), at) where target is not null;
-- What went wrong is rare: the newest failures are not to be searched for among successes.
create index broker_connection_trouble on broker_connection (outcome, at) where outcome <> 'redirected';
create index broker_session_user_name on broker_session (lower(user_name), id);
