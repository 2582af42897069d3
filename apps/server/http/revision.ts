import { AtelierError } from '@atelier/domain/errors';

/**
 * The revision that If-Match names; undefined without the header or for `*`.
 * @throws AtelierError `request.invalid` when it is not a revision of ours
 */
export function readIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim());
  if (!match) throw new AtelierError('request.invalid', 'If-Match is not an ETag of this server');
  return Number(match[1]);
}

/**
 * Refuses a change of something that was changed since the caller read it. Call it with the row locked.
 * @throws AtelierError `request.conflict`
 */
export function requireRevision(ifMatch: number | undefined, rev: number): void {
  if (ifMatch !== undefined && ifMatch !== rev)
    throw new AtelierError('request.conflict', `it is at revision ${rev}, and you read revision ${ifMatch}`, {
      extra: { revision: rev },
    });
}

/** The ETag of an answer that carries `rev`. */
export const etagOf = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null && 'rev' in answer && typeof answer.rev === 'number'
    ? `"${answer.rev}"`
    : undefined;
