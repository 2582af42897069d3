import { type ConnectionOptions, type Credentials, Session, type Trust } from '@atelier/adapters/winrm-client';
import type { Services } from '../services.ts';
import { keptPassword } from './host-secrets.ts';
import { type HostRow, readHostRow } from './host-view.ts';

/** Sessions with hosts: one for each host and revision of it, kept while it is used. */
export interface HostSessions {
  /** The host's row as it is now, and a session by it. @throws AtelierError `host.not-found` */
  open(hostId: string): Promise<{ readonly row: HostRow; readonly session: Session }>;
  close(): void;
}

/** Connections that nobody used for this long are given back. */
const idleTime = 5 * 60_000;

interface Held {
  readonly rev: number;
  readonly until: number;
  readonly session: Session;
  lastUse: number;
}

async function credentialsOf(services: Services, row: HostRow): Promise<Credentials> {
  const { sign_in: signIn } = row;
  if (signIn.kind === 'certificate') return { kind: 'certificate', ...(await services.authority.manager()) };
  return { kind: signIn.kind, user: signIn.user, password: await keptPassword(services, row.id) };
}

function trustOf(services: Services, row: HostRow): Trust | undefined {
  if (row.trust.kind === 'authority') return { authorities: services.authority.ca };
  return row.trust.kind === 'fingerprint' ? { fingerprint: row.trust.sha256 } : undefined;
}

/** Sessions over a server's register of hosts. */
export function hostSessions(services: Services): HostSessions {
  const held = new Map<string, Held>();

  const drop = (id: string, one: Held) => {
    if (held.get(id) === one) held.delete(id);
    one.session.close();
  };
  const sweep = setInterval(() => {
    const now = Date.now();
    for (const [id, one] of held) if (now - one.lastUse > idleTime) drop(id, one);
  }, idleTime / 2).unref();

  return {
    async open(hostId) {
      const row = await readHostRow(services.db, hostId);
      const now = Date.now();
      const known = held.get(row.id);
      if (known && known.rev === row.rev && now < known.until) {
        known.lastUse = now;
        return { row, session: known.session };
      }
      const options: ConnectionOptions = {
        url: row.address,
        credentials: await credentialsOf(services, row),
        trust: trustOf(services, row),
        connectTimeout: 10_000,
      };
      // Half a day: the certificate that we sign in with is a new one by then.
      const session = new Session(options);
      held.set(row.id, { rev: row.rev, until: now + 12 * 3_600_000, session, lastUse: now });
      // What still runs over the old one keeps its connections until they end.
      return { row, session };
    },
    close() {
      clearInterval(sweep);
      for (const [id, one] of held) drop(id, one);
    },
  };
}
