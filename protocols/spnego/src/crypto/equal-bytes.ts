import { timingSafeEqual } from 'node:crypto';

/** Whether two byte strings are the same, in a time that depends on their length only. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
