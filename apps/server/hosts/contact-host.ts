import type { Session } from '@atelier/adapters/winrm-client';
import type { HostFacts, HostState } from '@atelier/domain/hosts';
import type { Services } from '../services.ts';
import { hostProblem, stateAfter } from './host-problem.ts';
import type { HostSessions } from './host-sessions.ts';
import type { HostRow } from './host-view.ts';
import { readFacts } from './read-facts.ts';

/** How long a host may take to tell of itself, in milliseconds. */
const patience = 60_000;

interface Contact {
  readonly state: HostState;
  readonly detail: string;
  readonly product?: string;
  readonly facts?: HostFacts;
}

async function ask(session: Session, signal: AbortSignal): Promise<Contact> {
  const identity = await session.identify({ signal });
  const facts = await readFacts(session, signal);
  const product = [identity.productVendor, identity.productVersion].filter(Boolean).join(' ');
  return { state: 'reachable', detail: '', product, facts };
}

function failed(error: unknown, row: HostRow): Contact | null {
  const state = stateAfter(error);
  if (state === null) return null;
  const problem = hostProblem(error, row.name);
  return { state, detail: problem instanceof Error ? problem.message : '' };
}

/**
 * Contacts a host and stores how it is. A change from reachable to not, and back, is an event. Never throws for what the host does; throws
 * `host.not-found`, and when the signal aborts.
 */
export async function contactHost(
  services: Services,
  sessions: HostSessions,
  hostId: string,
  signal: AbortSignal,
): Promise<void> {
  const { row, session } = await sessions.open(hostId);
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const contact = await ask(session, timeout).catch((error): Contact => {
    signal.throwIfAborted();
    const known = failed(error, row);
    if (known) return known;
    if (timeout.aborted) return { state: 'unreachable', detail: `${row.name}: no answer within ${patience / 1000} s` };
    throw error;
  });
  const now = new Date();
  await services.db
    .updateTable('host')
    .set({
      state: contact.state,
      state_detail: contact.detail.slice(0, 1000),
      contacted_at: now,
      ...(contact.facts
        ? { facts: JSON.stringify(contact.facts), product: contact.product ?? '', reached_at: now }
        : {}),
    })
    .where('id', '=', row.id)
    .execute();
  tell(services, row, contact);
}

function tell(services: Services, row: HostRow, contact: Contact): void {
  const was = row.state === 'reachable' || row.state === 'new';
  const is = contact.state === 'reachable';
  const data = { hostId: row.id, host: row.name };
  if (was && !is) services.events.emit('host.lost', { detail: contact.detail, data });
  if (row.state !== 'new' && !was && is)
    services.events.emit('host.back', { detail: `${row.name} answers again`, data });
}
