import { readFileSync } from 'node:fs';
import type { ClientDatabase } from '../state/client-database.ts';

/** The person at the computer. Survives a restart of the daemon, not of the computer. */
export interface Session {
  readonly userId: string | null;
  begin(userId: string): void;
  end(): void;
}

export function openSession(database: ClientDatabase, bootId = readBootId()): Session {
  const kept = database.note<{ userId: string; bootId: string }>('session');
  let userId = kept?.bootId === bootId ? kept.userId : null;
  return {
    get userId() {
      return userId;
    },
    begin: (id) => {
      database.setNote('session', { userId: id, bootId });
      userId = id;
    },
    end: () => {
      database.setNote('session', undefined);
      userId = null;
    },
  };
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Elsewhere than on Linux: everybody signs in again after a restart of the daemon.
    return String(process.pid);
  }
}
