import type { EventQueue } from '../events/event-queue.ts';
import type { Log } from '../log/client-log.ts';
import type { ContactClock } from '../people/contact-clock.ts';
import type { ClientDatabase } from '../state/client-database.ts';
import { type Circumstances, deletionReason } from './entitlement.ts';
import type { InstanceJournal } from './instance-journal.ts';
import { atRest, type InstanceRecord } from './instance-record.ts';
import type { ScreenDesk } from './screen-desk.ts';

export interface WatchmanParts {
  readonly database: ClientDatabase;
  readonly journal: InstanceJournal;
  readonly events: EventQueue;
  readonly clock: ContactClock;
  readonly screens: ScreenDesk;
  readonly circumstances: (record: InstanceRecord) => Circumstances;
  /** Takes away what no policy keeps. */
  readonly sweep: () => Promise<void>;
  readonly log: Log;
}

/** Wall time that passes while the monotonic clock stands still: the computer slept. */
const sleptMs = 60_000;

/** Looks after what happens by time alone: idle locks, a computer that slept, offline limits, deletion rules, old versions. */
export function startWatchman(parts: WatchmanParts): { round(): Promise<void>; stop(): void } {
  let wall = Date.now();
  let monotonic = performance.now();

  const locks = () => {
    const slept = Date.now() - wall - (performance.now() - monotonic) > sleptMs;
    wall = Date.now();
    monotonic = performance.now();
    for (const record of parts.journal.all()) {
      if (record.machine !== 'running') continue;
      const why = lockReason(record, slept, parts.screens.lastInput(record), wall);
      if (why) parts.journal.happen(record, { kind: 'lock-asked', why });
    }
  };
  const round = async () => {
    parts.clock.touch([...new Set(parts.journal.all().map((record) => record.userId))]);
    for (const record of parts.journal.all()) {
      tellOffline(parts, record);
      const reason = atRest(record.machine) ? deletionReason(record, parts.circumstances(record)) : null;
      if (reason !== null && (record.version !== null || record.staged !== null || record.transfer !== null))
        parts.journal.happen(record, { kind: 'delete-asked', why: reason });
    }
    await parts.sweep();
  };
  const guarded = () => void round().catch((error) => parts.log.error('the regular round failed', { error }));
  const timers = [setInterval(locks, 10_000), setInterval(guarded, 60_000)];
  return {
    round,
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** Why a running workspace is to be locked now, or null. Times in milliseconds since 1970. */
export function lockReason(
  record: InstanceRecord,
  slept: boolean,
  lastInput: number | undefined,
  now: number,
): string | null {
  const { onHostSuspend, idleMinutes } = record.granted.policy.lock;
  if (slept && onHostSuspend) return 'the computer was asleep';
  const since = Math.max(lastInput ?? 0, Date.parse(record.startedAt ?? '') || 0);
  if (idleMinutes > 0 && now - since > idleMinutes * 60_000) return `nobody used it for ${idleMinutes} minutes`;
  return null;
}

/** Tells once when the offline time runs out soon, and once when it has. */
function tellOffline({ database, events, circumstances }: WatchmanParts, record: InstanceRecord): void {
  if (record.granted.limits.offlineLimitMinutes === null || !record.listed) return;
  const { offline } = circumstances(record);
  const note = `offline:${record.userId}/${record.workspaceId}`;
  if ((database.note<string>(note) ?? 'fresh') === offline) return;
  database.transaction(() => {
    database.setNote(note, offline);
    const about = { userName: record.userName, workspace: record.granted.name };
    if (offline === 'warning') events.add('policy.offline-warning', about);
    if (offline === 'exceeded') events.add('policy.offline-exceeded', about);
  });
}
