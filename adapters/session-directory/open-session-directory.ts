import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { claims } from './claims.ts';
import { collections } from './collections.ts';
import { connections } from './connections.ts';
import { expiry } from './expire.ts';
import { leases } from './leases.ts';
import { liveSessions } from './live-sessions.ts';
import { ReadyTokens } from './ready-tokens.ts';
import { rebinding } from './rebind-token.ts';
import { reconciliation } from './reconcile.ts';
import { reports } from './reports.ts';
import { rights } from './rights.ts';
import type { SessionDirectory } from './session-directory.ts';
import { targets } from './targets.ts';
import { tokens } from './tokens.ts';

/** The session directory over a database that somebody else closes. Keeps nothing in memory but what waits to be written or handed out for a moment. */
export function openSessionDirectory(database: DatabaseHandle): SessionDirectory {
  const ready = new ReadyTokens();
  return {
    ...collections(database),
    ...rights(database),
    ...liveSessions(database),
    ...claims(database, ready),
    ...targets(database),
    ...tokens(database, ready),
    ...rebinding(database),
    ...reports(database),
    ...reconciliation(database),
    ...expiry(database),
    ...connections(database),
    ...leases(database),
  };
}
