import type { Collection } from '@atelier/domain/broker';

/** What a client carried that may name a collection. */
export interface CollectionHint {
  /** `loadbalanceinfo:s:` of a connection file: comes in place of a cookie. */
  readonly loadBalanceInfo: string | null;
  /** `pcb:s:` of a connection file. */
  readonly preconnectionBlob: string | null;
}

/** Connection files spell names with letters, digits and underscores only. */
const folded = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_');

/** The name in `tsv://<plug-in>.<version>.<collection>` or `tsv://<collection>`; null for anything else. */
export function collectionInTsvUrl(text: string): string | null {
  const match = /^tsv:\/\/(?:[^.]*\.\d+\.)?(.+)$/i.exec(text.trim());
  return match ? match[1]! : null;
}

/**
 * The collection that the client means, of those that its user may use; null when it named none. `collection` is null when
 * it named another one.
 */
export function wantedCollection(
  hint: CollectionHint,
  allowed: readonly Collection[],
): { readonly name: string; readonly collection: Collection | null } | null {
  const fromInfo = hint.loadBalanceInfo === null ? null : collectionInTsvUrl(hint.loadBalanceInfo);
  const name = fromInfo ?? (hint.preconnectionBlob?.trim() || null);
  if (name === null) return null;
  const collection = allowed.find((one) => folded(one.name) === folded(name)) ?? null;
  return { name, collection };
}
