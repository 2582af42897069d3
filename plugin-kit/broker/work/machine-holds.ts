import type { TargetLock } from '../src/resource-store.ts';

/** What the broker knows of machines while a plug-in's job works on them. */
export interface MachineHolds {
  /**
   * Keeps users, other jobs and other plug-ins off a machine. Rejects with StoreError `lock-timeout` when somebody is on it, or another goes on holding it, `not-owner`
   * when another provider keeps it, `bad-value` when it is of another collection. What has no target yet can be locked, too.
   */
  lock(
    job: { readonly id: string; readonly collectionId: string; readonly provider: string },
    name: string,
  ): Promise<TargetLock>;
  /** Which of these names are targets of the provider in the collection. */
  there(collectionId: string, provider: string, names: readonly string[]): Promise<ReadonlySet<string>>;
}
