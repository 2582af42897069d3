import { StoreError } from '../src/store-error.ts';
import type { MachineHolds } from '../work/index.ts';
import { takeLock } from './memory-locks.ts';
import type { MemoryStore } from './memory-provider.ts';

/** Milliseconds that a job waits for a machine that another one holds. */
const patienceMs = 200;

/** What the broker knows of machines while a job works on them, in memory. Ids of collections are their names. */
export const memoryMachines = (store: MemoryStore): MachineHolds => ({
  async lock({ collectionId, provider }, name) {
    const target = store.targets.get(name);
    if (target && target.provider !== provider)
      throw new StoreError('not-owner', `${name} is kept by ${target.provider}`);
    if (target && target.collection !== collectionId)
      throw new StoreError('bad-value', `${name} is of another collection`);
    const lock = await takeLock(store.locks, name, patienceMs);
    const found = store.targets.get(name);
    if (!found) return lock;
    if (found.numSessions + found.numPendingConnections > 0 || found.state === 'initializing') {
      await lock.release();
      throw new StoreError('lock-timeout', `somebody is on ${name}, or it is being set up`);
    }
    store.targets.set(name, { ...found, state: 'initializing' });
    const giveBack = (): void => {
      const now = store.targets.get(name);
      if (now?.state === 'initializing') store.targets.set(name, { ...now, state: found.state });
    };
    lock.signal.addEventListener('abort', giveBack);
    return {
      ...lock,
      release: async () => {
        giveBack();
        await lock.release();
      },
    };
  },
  there: async (collection, provider, names) =>
    new Set(
      names.filter((name) => {
        const target = store.targets.get(name);
        return target?.provider === provider && target.collection === collection;
      }),
    ),
});
