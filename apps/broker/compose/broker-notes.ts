import type { BrokerNotes } from '../broker-parts.ts';
import type { BrokerServices } from './broker-services.ts';
import { NoteBudget } from './note-budget.ts';

/** Refused tokens of one address are written down this seldom: somebody who sends many must not fill the audit log. */
const auditEveryMs = 10_000;
const addressesRemembered = 1000;
/** Longest name that a stranger is written down under. */
const longestName = 64;

const others = (untold: number): string => (untold === 0 ? '' : `; ${untold} more like it were not written down`);

/** Tells what happens in events of the server, and refused tokens in the audit log too. What strangers cause is bounded: see {@link NoteBudget}. */
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
  const tokenBudget = new NoteBudget();
  const strangerBudget = new NoteBudget();
  return {
    tokenRefused: ({ address, why, correlationId }) => {
      const untold = tokenBudget.take(address);
      if (untold !== null)
        events.emit('broker.token-refused', {
          detail: `${why}, from ${address}${others(untold)}`,
          correlationId,
          data: { address, why, untold },
        });
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
    failed: ({ user, signedIn, address, why, correlationId }) => {
      const untold = signedIn ? 0 : strangerBudget.take(address);
      if (untold === null) return;
      events.emit('broker.connection-failed', {
        detail: `${why}, from ${address}${others(untold)}`,
        userName: user === '' ? 'SYSTEM' : user.slice(0, longestName),
        correlationId,
        data: { address, why, ...(untold === 0 ? {} : { untold }) },
      });
    },
  };
}
