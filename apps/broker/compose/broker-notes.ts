import type { BrokerNotes } from '../broker-parts.ts';
import type { BrokerServices } from './broker-services.ts';

/** Refused tokens of one address are written down this seldom: somebody who sends many must not fill the audit log. */
const auditEveryMs = 10_000;
const addressesRemembered = 1000;

/** Tells what happens in events of the server, and refused tokens in the audit log too. */
export function brokerNotes({ events, audit, database, log }: BrokerServices): BrokerNotes {
  const audited = new Map<string, number>();
  const auditRefusal = async (address: string, why: string, correlationId: string) => {
    const now = performance.now();
    if (now - (audited.get(address) ?? Number.NEGATIVE_INFINITY) < auditEveryMs) return;
    audited.delete(address);
    audited.set(address, now);
    if (audited.size > addressesRemembered) audited.delete(audited.keys().next().value!);
    await database.withTransaction((trx) =>
      audit.append(
        trx,
        { actor: { kind: 'system' }, correlationId },
        { verb: 'session.token-refused', object: { kind: 'session', id: '', name: address }, after: { address, why } },
      ),
    );
  };
  return {
    tokenRefused: ({ address, why, correlationId }) => {
      events.emit('broker.token-refused', { detail: `${why}, from ${address}`, correlationId, data: { address, why } });
      auditRefusal(address, why, correlationId).catch((error: unknown) =>
        log.error({ err: error, address }, 'a refused token could not be audited'),
      );
    },
    targetLost: ({ target, why, sessions }) =>
      events.emit('broker.target-lost', {
        detail: `${target}: ${why}; ${sessions} sessions are given up`,
        data: { target, why, sessions },
      }),
    signedIn: ({ user, address, by, correlationId }) =>
      events.emit('broker.signed-in', {
        detail: `from ${address} by ${by}`,
        userName: user,
        correlationId,
        data: { address, by },
      }),
    failed: ({ user, address, why, correlationId }) =>
      events.emit('broker.connection-failed', {
        detail: `${why}, from ${address}`,
        userName: user === '' ? 'SYSTEM' : user,
        correlationId,
        data: { address, why },
      }),
  };
}
