import type { TargetStanding } from '@atelier/api';
import { hostPatienceMs } from '@atelier/domain/broker';
import { type RawBuilder, sql } from 'kysely';

/** Conditions on a row called `target`, one for each way in which targets stand. Invariant: each row meets exactly one. */
export const targetStanding: Readonly<Record<TargetStanding, RawBuilder<boolean>>> = {
  up: sql<boolean>`(not target.drain and target.state = 'running')`,
  draining: sql<boolean>`target.drain`,
  down: sql<boolean>`(not target.drain and target.state in ('down', 'invalid'))`,
  other: sql<boolean>`(not target.drain and target.state not in ('running', 'down', 'invalid'))`,
};

/** Whether the host of a target, a row called `host` or none, fell silent: never null. Invariant: the same as `hostSilentSince` says. */
export const hostIsSilent: RawBuilder<boolean> = sql<boolean>`
  coalesce(host.sessions_heard_at < now() - make_interval(secs => ${hostPatienceMs / 1000}), false)`;
