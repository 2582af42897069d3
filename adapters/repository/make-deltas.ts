import type { ThreadPool } from '@atelier/adapters/thread-pool';
import type { DeltaEntry, Manifest } from '@atelier/trim';
import type { AssembledIndex } from './assemble-index.ts';
import type { HeldLease } from './lease.ts';
import type { PublishProgress } from './publish-types.ts';
import type { RepositoryStore } from './repository-store.ts';

export type DeltaRequest = {
  readonly store: RepositoryStore;
  readonly pool: ThreadPool;
  readonly parents: readonly Manifest[];
  readonly assembled: AssembledIndex;
  readonly level: number;
  readonly key?: Uint8Array;
  readonly lease: HeldLease;
  readonly report: (progress: PublishProgress, force?: boolean) => void;
  readonly signal?: AbortSignal;
};

/** Makes a delta pack from each parent. */
export async function makeDeltas(_request: DeltaRequest): Promise<readonly { readonly entry: DeltaEntry }[]> {
  return [];
}
