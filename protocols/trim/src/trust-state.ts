import type { Latest } from './latest.ts';
import { openNextRoot, openPinnedRoot, type Root } from './root.ts';
import { TrimError } from './trim-error.ts';

/**
 * What a client has learnt to trust about one repository. Plain data (JSON-safe): the caller keeps it on disk and hands in
 * what it got back last, for rollback can only be seen by somebody who remembers.
 */
export type TrustState = {
  /** text of the newest root.json that was accepted; the first one is pinned at enrolment */
  readonly root: string;
  /** by image name: the highest counter of latest.json seen so far */
  readonly seen: Readonly<Record<string, number>>;
};

/** The state of a client that has just enrolled, from the text of root.json got over a trusted way. */
export function pinRoot(rootText: string): TrustState {
  openPinnedRoot(Buffer.from(rootText));
  return { root: rootText, seen: {} };
}

/** The root that a state trusts. */
export function trustedRoot(trust: TrustState): Root {
  return openPinnedRoot(Buffer.from(trust.root));
}

/** The state after the root that follows was seen; throws when it is not signed by the trusted one. */
export function acceptRoot(trust: TrustState, nextRootText: string): TrustState {
  openNextRoot(Buffer.from(nextRootText), trustedRoot(trust));
  return { ...trust, root: nextRootText };
}

/** How far a clock may be behind the one that signed, in milliseconds. */
const clockSlack = 10 * 60 * 1000;

/** Throws `trim.root-expired` when the root's time is over at `now`. */
export function requireFreshRoot(root: Root, now: Date): void {
  if (Date.parse(root.expires) <= now.getTime())
    throw new TrimError('trim.root-expired', `root version ${root.version} ended ${root.expires}`);
}

/**
 * The state after `latest` (whose signature was checked) was seen at `now`. Throws `trim.rollback` when an image's counter
 * goes back, `trim.frozen` when it is past its end, `trim.clock` when it comes from the future.
 */
export function acceptLatest(trust: TrustState, latest: Latest, now: Date): TrustState {
  const seen = Object.hasOwn(trust.seen, latest.image) ? (trust.seen[latest.image] ?? 0) : 0;
  if (latest.counter < seen)
    throw new TrimError(
      'trim.rollback',
      `latest.json of ${latest.image} has counter ${latest.counter}, ${seen} was seen before`,
    );
  if (Date.parse(latest.expires) <= now.getTime())
    throw new TrimError(
      'trim.frozen',
      `latest.json of ${latest.image} ended ${latest.expires}, it is ${now.toISOString()}`,
    );
  if (Date.parse(latest.issued) > now.getTime() + clockSlack)
    throw new TrimError(
      'trim.clock',
      `latest.json of ${latest.image} was issued ${latest.issued}, it is ${now.toISOString()}`,
    );
  return { ...trust, seen: { ...trust.seen, [latest.image]: latest.counter } };
}
