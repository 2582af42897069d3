import type { IncomingMessage } from 'node:http';
import { credentialHolder, ownReader } from '@atelier/adapters/repository';
import { may } from '@atelier/domain/people';
import type { Actor } from '../http/handlers.ts';
import type { Queries } from '../services.ts';

/** How long the answer "this endpoint is not revoked" is remembered, in milliseconds: a transfer makes many requests. */
const rememberedMs = 3000;

/** Says whether a request may read the repository: an endpoint by certificate, by a short-lived credential of ours, or a person who may read images. */
export function readerGate(db: Queries, credentialKey: Uint8Array) {
  const known = new Map<string, { readonly good: boolean; readonly until: number }>();

  const isGood = async (endpointId: string): Promise<boolean> => {
    const now = Date.now();
    const remembered = known.get(endpointId);
    if (remembered && remembered.until > now) return remembered.good;
    if (known.size > 10_000) known.clear();
    const row = await db.selectFrom('endpoint').select('state').where('id', '=', endpointId).executeTakeFirst();
    const good = row !== undefined && row.state !== 'revoked' && row.state !== 'wiped';
    known.set(endpointId, { good, until: now + rememberedMs });
    return good;
  };

  return async (actor: Actor, request: IncomingMessage): Promise<boolean> => {
    if (actor.kind === 'device') return await isGood(actor.id);
    if (actor.kind === 'user') return may(actor.authority, 'image:read');
    const [scheme, credential = ''] = (request.headers.authorization ?? '').split(' ', 2);
    if (scheme?.toLowerCase() !== 'bearer') return false;
    const holder = credentialHolder(credentialKey, credential, new Date());
    return holder !== undefined && (holder === ownReader || (await isGood(holder)));
  };
}
