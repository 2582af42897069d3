import type { Endpoint } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { may, type Permission, type ScopedObject } from '@atelier/domain/people';
import type { Queries } from '../services.ts';
import { findScoped } from './find-scoped.ts';
import type { Actor } from './handlers.ts';

/** Whether the actor has the permission, for answers that differ by it. */
export const permits = (actor: Actor, permission: Permission, object?: ScopedObject): boolean =>
  actor.kind === 'system' || (actor.kind === 'user' && may(actor.authority, permission, object));

/**
 * Refuses unless the actor has the permission (on the object, if one is given). {@link permits} is the only place where requests meet `may()`.
 * @throws AtelierError `people.not-signed-in`, `people.not-allowed`
 */
export function requirePermission(actor: Actor, permission: Permission, object?: ScopedObject): void {
  if (actor.kind === 'nobody')
    throw new AtelierError('people.not-signed-in', 'this address needs a session or a token');
  if (!permits(actor, permission, object))
    throw new AtelierError('people.not-allowed', `the permission ${permission} is missing`, { extra: { permission } });
}

/** The object that the address names, by its id, for roles that hold for one object only. */
async function scopedObject(endpoint: Endpoint, params: unknown, queries: Queries): Promise<ScopedObject | undefined> {
  if (!endpoint.scope) return undefined;
  const named = (params as Record<string, unknown> | undefined)?.[endpoint.scope.param];
  if (typeof named !== 'string') return undefined;
  return findScoped(queries, endpoint.scope.kind, named);
}

/**
 * Whether the actor may call the endpoint with these parameters.
 * @throws AtelierError `people.not-signed-in`, `people.not-allowed`, `endpoint.certificate`
 */
export async function requireAccess(
  endpoint: Endpoint,
  actor: Actor,
  params: unknown,
  queries: Queries,
): Promise<void> {
  const { access } = endpoint;
  if (access === 'public') return;
  if (access === 'device') {
    if (actor.kind !== 'device')
      throw new AtelierError('endpoint.certificate', 'this address needs the certificate of an enrolled endpoint');
    return;
  }
  if (actor.kind === 'nobody')
    throw new AtelierError('people.not-signed-in', 'this address needs a session or a token');
  if (access === 'signed-in') {
    if (actor.kind !== 'user') throw new AtelierError('people.not-signed-in', 'this address is for people');
    return;
  }
  // Roles that hold everywhere need no look-up; that is the common case.
  if (permits(actor, access)) return;
  requirePermission(actor, access, actor.kind === 'user' ? await scopedObject(endpoint, params, queries) : undefined);
}
