import type { RepositoryStore } from '../repository-store.ts';

/** A store whose changes fail from number `fatal` on (counted from 0, leases left out), as if the process were killed there. */
export function mortal(store: RepositoryStore, fatal: number): RepositoryStore {
  let changes = 0;
  const until =
    <Arguments extends readonly [string, ...unknown[]], Result>(change: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      if (!args[0].startsWith('.leases/') && changes++ >= fatal) throw new Error('killed');
      return change(...args);
    };
  return {
    ...store,
    writeImmutable: until(store.writeImmutable),
    replace: until(store.replace),
    remove: until(store.remove),
  };
}
