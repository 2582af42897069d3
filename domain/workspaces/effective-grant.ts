import type { Assignment, AssignmentLimits, Direction } from './assignment.ts';

/** A field of a grant with the assignment that decided it. */
export interface Decided<T> {
  readonly value: T;
  readonly by: readonly string[];
}

export type EffectiveGrant = { readonly [Field in keyof AssignmentLimits]: Decided<AssignmentLimits[Field]> };

const union = (a: Direction, b: Direction): Direction => {
  if (a === b || b === 'none') return a;
  return a === 'none' ? b : 'both';
};

/**
 * What one person may do with one workspace, from all assignments that reach them (directly, by group, by device).
 * The rule is MED-V's: least restrictive wins. Booleans OR, directions union, the latest expiry or none, the longest
 * offline limit or none, deletion only if every assignment asks for it. Disabled assignments give nothing, unless all are.
 *
 * @returns null when no assignment reaches the person
 */
export function effectiveGrant(all: readonly Assignment[], now: Date): EffectiveGrant | null {
  if (all.length === 0) return null;
  const alive = all.filter((one) => one.enabled && (one.expiresOn === null || new Date(one.expiresOn) > now));
  const counted = alive.length > 0 ? alive : all.some((one) => one.enabled) ? all.filter((one) => one.enabled) : all;

  const decide = <T>(values: (one: Assignment) => T, merge: (a: T, b: T) => T, same = Object.is): Decided<T> => {
    const value = counted.map(values).reduce(merge);
    const exact = counted.filter((one) => same(values(one), value));
    return { value, by: (exact.length > 0 ? exact : counted).map((one) => one.id) };
  };
  const either = (a: boolean, b: boolean) => a || b;
  const latest = <T extends string | number>(a: T | null, b: T | null) =>
    a === null || b === null ? null : a > b ? a : b;

  return {
    enabled: decide((one) => one.enabled, either),
    expiresOn: decide((one) => one.expiresOn, latest<string>),
    offlineLimitMinutes: decide((one) => one.offlineLimitMinutes, latest<number>),
    deleteWhen: decide(
      (one) => one.deleteWhen,
      (a, b) => ({
        disabled: a.disabled && b.disabled,
        expired: a.expired && b.expired,
        offlineExceeded: a.offlineExceeded && b.offlineExceeded,
      }),
      (a, b) => a.disabled === b.disabled && a.expired === b.expired && a.offlineExceeded === b.offlineExceeded,
    ),
    clipboard: decide((one) => one.clipboard, union),
    fileTransfer: decide((one) => one.fileTransfer, union),
    printing: decide((one) => one.printing, either),
    cdDvd: decide((one) => one.cdDvd, either),
  };
}

/** The grant without its reasons: what is signed and sent to the endpoint. */
export function plainGrant(grant: EffectiveGrant): AssignmentLimits {
  return Object.fromEntries(
    Object.entries(grant).map(([field, decided]) => [field, decided.value]),
  ) as unknown as AssignmentLimits;
}
