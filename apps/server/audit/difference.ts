import { isDeepStrictEqual } from 'node:util';

type State = Readonly<Record<string, unknown>> | null | undefined;

/** Fields that change by themselves with every write. */
const noise = new Set(['rev', 'updatedAt', 'updated_at']);
/** Values that must never reach the log, should a caller pass them by mistake. */
const secret = /pass(word|phrase)|secret|token|_hash$/i;

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/**
 * The fields that differ between two states of an object, as they were and as they are; null when none does.
 * A missing state (null) stands for an object that was not or is no longer there.
 */
export function difference(
  before: State,
  after: State,
): { readonly before: Record<string, unknown>; readonly after: Record<string, unknown> } | null {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    if (noise.has(field)) continue;
    const [old, now] = [plain(before?.[field]), plain(after?.[field])];
    if (isDeepStrictEqual(old, now)) continue;
    const hidden = secret.test(field);
    if (old !== undefined) was[field] = hidden ? '…' : old;
    if (now !== undefined) is[field] = hidden ? '…' : now;
  }
  return Object.keys(was).length + Object.keys(is).length === 0 ? null : { before: was, after: is };
}
