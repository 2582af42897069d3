import type { TargetStanding } from '@atelier/api';
import { type RawBuilder, sql } from 'kysely';

/** Conditions on a row called `target`, one for each way in which targets stand. Invariant: each row meets exactly one. */
export const targetStanding: Readonly<Record<TargetStanding, RawBuilder<boolean>>> = {
  up: sql<boolean>`(not target.drain and target.state = 'running')`,
  draining: sql<boolean>`target.drain`,
  down: sql<boolean>`(not target.drain and target.state in ('down', 'invalid'))`,
  other: sql<boolean>`(not target.drain and target.state not in ('running', 'down', 'invalid'))`,
};
