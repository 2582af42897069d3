import type { Target } from '@atelier/domain/broker';
import { targetChange } from '@atelier/plugin-kit/broker';

/** Bits of `targetChange` for what became of a target; `before` is null when nobody knows how it was. */
export function targetChangeOf(before: Target | null, now: Target): number {
  if (before === null) return targetChange.unspecified;
  const same = JSON.stringify(before.endpoints) === JSON.stringify(now.endpoints);
  const bits =
    (same ? 0 : targetChange.externalIp) |
    (before.state === now.state ? 0 : targetChange.state) |
    (before.collection === now.collection ? 0 : targetChange.farmMembership);
  return bits || targetChange.unspecified;
}
