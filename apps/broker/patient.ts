import type { Turnstile } from './relay/turnstile.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever the methods take and give is passed on
type Methods = Readonly<Record<string, any>>;

/**
 * The same object, of whose methods at most `places` run at a time; the others wait in order, as long as it takes. In a morning's storm the database's
 * connections are too few for everybody, and waiting for one of them fails after a while. `free` names methods that have an order of their own.
 */
export function patient<Parts extends object>(
  parts: Parts,
  turnstile: Turnstile,
  free: readonly (keyof Parts)[] = [],
): Parts {
  const wrapped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parts as Methods)) {
    const waits = typeof value === 'function' && !free.includes(name as keyof Parts);
    wrapped[name] = waits ? (...given: unknown[]) => turnstile.pass('', () => value.apply(parts, given)) : value;
  }
  return wrapped as Parts;
}
