import { bindingsOf } from '@atelier/adapters/identity';
import type { Credentials } from '../http/authenticate.ts';
import type { Queries } from '../services.ts';
import { findToken, scopesOf } from './api-tokens.ts';
import { findSession } from './sessions.ts';

/** Turns secrets and certificates into actors. */
export function databaseCredentials(queries: Queries, everyoneId: string): Credentials {
  const actor = async (
    found: { readonly id: string; readonly userId: string; readonly name: string },
    by: 'session' | 'token',
    limitedTo: ReturnType<typeof scopesOf> | null,
  ) => ({
    kind: 'user' as const,
    id: found.userId,
    name: found.name,
    by,
    credentialId: found.id,
    authority: { bindings: await bindingsOf(queries, found.userId, everyoneId), limitedTo },
  });
  return {
    async user(secret) {
      if (secret.startsWith('ats_')) {
        const session = await findSession(queries, secret);
        return session && actor(session, 'session', null);
      }
      if (!secret.startsWith('atl_')) return undefined;
      const token = await findToken(queries, secret);
      return token && actor(token, 'token', scopesOf(token.scopes));
    },
    /** By its name in the certificate: so the one before stays good until it ends, should the answer to a renewal get lost. */
    async device({ commonName }) {
      const row = await queries
        .selectFrom('endpoint')
        .select(['id', 'name', 'state'])
        .where('id', '=', commonName)
        .executeTakeFirst();
      if (!row || row.state === 'revoked' || row.state === 'wiped') return undefined;
      return { kind: 'device', id: row.id, name: row.name };
    },
  };
}
