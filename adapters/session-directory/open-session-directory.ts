import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { claims } from './claims.ts';
import { collections } from './collections.ts';
import { connections } from './connections.ts';
import { expiry } from './expire.ts';
import { leases } from './leases.ts';
import { liveSessions } from './live-sessions.ts';
import { reconciliation } from './reconcile.ts';
import { reports } from './reports.ts';
import type { SessionDirectory } from './session-directory.ts';
import { targets } from './targets.ts';
import { tokens } from './tokens.ts';

/** The session directory over a database that somebody else closes. Keeps nothing in memory. */
export const openSessionDirectory = (database: DatabaseHandle): SessionDirectory => ({
  ...collections(database),
  ...liveSessions(database),
  ...claims(database),
  ...targets(database),
  ...tokens(database),
  ...reports(database),
  ...reconciliation(database),
  ...expiry(database),
  ...connections(database),
  ...leases(database),
});
