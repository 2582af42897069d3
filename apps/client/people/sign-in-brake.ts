import { AtelierError } from '@atelier/domain/errors';

/** Slows down guessing of passwords at this computer: free tries first, then waits that double. */
export function signInBrake(now = Date.now): {
  check(name: string): void;
  failed(name: string): void;
  passed(name: string): void;
} {
  const failures = new Map<string, { count: number; until: number }>();
  const keyOf = (name: string) => name.toLowerCase();
  const freeTries = 5;
  return {
    check: (name) => {
      const until = failures.get(keyOf(name))?.until ?? 0;
      const seconds = Math.ceil((until - now()) / 1000);
      if (seconds > 0)
        throw new AtelierError('people.sign-in-backoff', `try again in ${seconds} seconds`, {
          extra: { retryAfterSeconds: seconds },
        });
    },
    failed: (name) => {
      if (failures.size > 1000) failures.clear();
      const count = (failures.get(keyOf(name))?.count ?? 0) + 1;
      const wait = count < freeTries ? 0 : Math.min(300_000, 2000 * 2 ** (count - freeTries));
      failures.set(keyOf(name), { count, until: now() + wait });
    },
    passed: (name) => failures.delete(keyOf(name)),
  };
}
