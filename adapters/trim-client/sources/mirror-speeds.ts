/** What was measured of one address: moving averages, newer ones weigh more. */
export type MirrorSpeed = {
  /** undefined until a body long enough to tell was read */
  readonly bytesPerSecond?: number;
  readonly firstByteMs?: number;
  /** when its throughput was measured last, milliseconds of the same clock as `restUntil` */
  readonly measuredAt: number;
  readonly failures: number;
  /** after failures it is left alone until then */
  readonly restUntil: number;
};

/** Measurements by address; kept between transfers by whoever makes several. */
export type MirrorSpeeds = Map<string, MirrorSpeed>;

/** Which address to ask, and how much of it at most: less where it is only a trial. */
export type MirrorChoice = { readonly mirror: number; readonly most: number };

const unknown: MirrorSpeed = { measuredAt: 0, failures: 0, restUntil: 0 };
const weight = 0.3;
/** Below this a body says nothing of throughput. */
const telling = 64 * 1024;
/** So much is asked of an address that is only tried. */
const trialBytes = 512 * 1024;
/** After so many milliseconds a slower address is tried again. */
const againMs = 60_000;
const longestRestMs = 60_000;

const average = (before: number | undefined, now: number) =>
  before === undefined ? now : before * (1 - weight) + now * weight;

/** The measurement after an answer whose first byte took `firstByteMs` and whose `bytes` took `bodyMs`. */
export function measured(
  before: MirrorSpeed = unknown,
  now: number,
  { firstByteMs, bytes, bodyMs }: { readonly firstByteMs: number; readonly bytes: number; readonly bodyMs: number },
): MirrorSpeed {
  const calm = { ...before, firstByteMs: average(before.firstByteMs, firstByteMs), failures: 0, restUntil: 0 };
  if (bytes < telling) return calm;
  const speed = (bytes * 1000) / Math.max(bodyMs, 1);
  return { ...calm, bytesPerSecond: average(before.bytesPerSecond, speed), measuredAt: now };
}

/** The measurement after a failure: it rests, longer each time. */
export function failed(before: MirrorSpeed = unknown, now: number): MirrorSpeed {
  const failures = before.failures + 1;
  return { ...before, failures, restUntil: now + Math.min(500 * 2 ** failures, longestRestMs) };
}

/**
 * Chooses the address that gives `bytes` soonest, as far as that is known. Addresses that were never measured, or not for a
 * minute, are tried with a small part when enough is wanted; `trying` are those with a trial under way. The first of equals
 * wins, so that without measurements the given order holds.
 */
export function chooseMirror(
  speeds: readonly (MirrorSpeed | undefined)[],
  now: number,
  bytes: number,
  trying: ReadonlySet<number> = new Set(),
): MirrorChoice {
  const all = speeds.map((speed, mirror) => ({ speed: speed ?? unknown, mirror }));
  const awake = all.filter(({ speed }) => speed.restUntil <= now);
  if (awake.length === 0) {
    const first = all.reduce((a, b) => (b.speed.restUntil < a.speed.restUntil ? b : a));
    return { mirror: first.mirror, most: bytes };
  }
  const expected = ({ bytesPerSecond = 0, firstByteMs = 0 }: MirrorSpeed) =>
    bytesPerSecond === 0 ? Number.POSITIVE_INFINITY : firstByteMs + (bytes / bytesPerSecond) * 1000;
  const best = awake.reduce((a, b) => (expected(b.speed) < expected(a.speed) ? b : a));
  const doubtful = ({ speed, mirror }: (typeof all)[number]) =>
    !trying.has(mirror) &&
    (speed.bytesPerSecond === undefined || (mirror !== best.mirror && now - speed.measuredAt > againMs));
  const trial = all.length > 1 && bytes >= telling ? awake.find(doubtful) : undefined;
  return trial ? { mirror: trial.mirror, most: Math.min(bytes, trialBytes) } : { mirror: best.mirror, most: bytes };
}
