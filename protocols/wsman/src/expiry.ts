import { parseDuration } from './duration.ts';

/** When an enumeration or a subscription ends: after a time, or at a moment (milliseconds since 1970). */
export type Expiry =
  | { readonly kind: 'after'; readonly milliseconds: number }
  | { readonly kind: 'at'; readonly time: number };

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** Reads `xs:duration` or `xs:dateTime` (WS-Eventing's `wse:ExpirationType`); null when it is neither. A moment without zone is UTC. */
export function parseExpiry(text: string): Expiry | null {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null) return { kind: 'after', milliseconds };
  const found = dateTime.exec(text.trim());
  if (!found) return null;
  const time = Date.parse(found[2] ? found[0] : `${found[0]}Z`);
  return Number.isNaN(time) ? null : { kind: 'at', time };
}

/** Milliseconds from `now` until then; not above zero when it is over. */
export const untilExpiry = (expiry: Expiry, now: number): number =>
  expiry.kind === 'after' ? expiry.milliseconds : expiry.time - now;
