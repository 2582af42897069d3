import { appendAudit } from '@atelier/adapters/postgres';
import type { Actor } from '../http/handlers.ts';
import type { AuditLog } from '../services.ts';
import { difference } from './difference.ts';

/** An actor as rows and logs name it. */
export const actorParts = (actor: Actor): { kind: string; id: string; name: string } =>
  actor.kind === 'user' || actor.kind === 'device'
    ? { kind: actor.kind, id: actor.id, name: actor.name }
    : { kind: actor.kind, id: '', name: actor.kind };

/** The audit log over the hash chain in the database. */
export const auditLog: AuditLog = {
  async append(trx, { actor, correlationId }, { verb, object, before, after }) {
    await appendAudit(trx, {
      actor: actorParts(actor),
      verb,
      object,
      difference: difference(before, after),
      correlationId,
    });
  },
};
