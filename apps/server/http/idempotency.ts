import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';
import type { Actor } from './handlers.ts';

/** A remembered answer. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

const keepHours = 24;

/** Answers may hold secrets that are shown once, so only who knows the key and has the server's own secret can open them. */
function sealing(secret: Uint8Array, key: string) {
  const aes = Buffer.from(hkdfSync('sha256', secret, key, 'idempotency answer', 32));
  return {
    seal(value: unknown): string {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', aes, iv);
      const sealed = Buffer.concat([iv, cipher.update(JSON.stringify(value) ?? 'null'), cipher.final()]);
      return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64');
    },
    open(text: string): unknown {
      const all = Buffer.from(text, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', aes, all.subarray(0, 12));
      decipher.setAuthTag(all.subarray(-16));
      return JSON.parse(decipher.update(all.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8'));
    },
  };
}

/**
 * Runs `work` once for each Idempotency-Key of an actor and gives the stored answer to a repetition.
 * A request that failed is forgotten, so that it can be repeated with the same key.
 *
 * @throws AtelierError `request.invalid` (key), `request.idempotency-mismatch`, `request.conflict` (the first one is not finished)
 */
export async function once(
  queries: Queries,
  secret: Uint8Array,
  actor: Exclude<Actor, { kind: 'nobody' }>,
  key: string,
  request: unknown,
  work: () => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new AtelierError('request.invalid', 'Idempotency-Key is not 1 to 200 printable characters');
  const owner = actor.kind === 'system' ? 'system' : `${actor.kind}:${actor.id}`;
  const stored = createHash('sha256').update(key).digest('base64url');
  const hash = createHash('sha256').update(JSON.stringify(request)).digest();
  const box = sealing(secret, `${owner} ${key}`);
  const mine = queries.selectFrom('idempotency_key').where('actor', '=', owner).where('key', '=', stored);
  const claimed = await queries
    .insertInto('idempotency_key')
    .values({
      actor: owner,
      key: stored,
      request_hash: hash,
      expires_at: new Date(Date.now() + keepHours * 3_600_000),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (!claimed) {
    const first = await mine.selectAll().executeTakeFirst();
    if (first && !first.request_hash.equals(hash))
      throw new AtelierError('request.idempotency-mismatch', 'this key was sent with another request before');
    if (!first || first.status === null)
      throw new AtelierError(
        'request.conflict',
        'the first request with this Idempotency-Key is not finished, or was interrupted: look whether it was done',
      );
    return { status: first.status, body: box.open(String(first.response)) };
  }
  const kept = (await work().catch(async (error: unknown) => {
    await queries.deleteFrom('idempotency_key').where('actor', '=', owner).where('key', '=', stored).execute();
    throw error;
  })) satisfies StoredAnswer;
  await queries
    .updateTable('idempotency_key')
    .set({ status: kept.status, response: JSON.stringify(box.seal(kept.body ?? null)) })
    .where('actor', '=', owner)
    .where('key', '=', stored)
    .execute();
  return kept;
}
