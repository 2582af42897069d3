-- A contact of an endpoint changes nothing that a person edits: it must not make the revision that they have read an old one.

drop trigger endpoint_revision on endpoint;

create trigger endpoint_revision before update on endpoint
  for each row
  when (
    (old.name, old.state, old.fingerprint, old.user_id, old.os, old.ram_mib, old.accelerator, old.client_version, old.revoked_at, old.wiped_at)
    is distinct from
    (new.name, new.state, new.fingerprint, new.user_id, new.os, new.ram_mib, new.accelerator, new.client_version, new.revoked_at, new.wiped_at)
  )
  execute function bump_revision();
