import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerLog } from '../broker-parts.ts';
import type { aloneByLease } from './alone-by-lease.ts';
import { type Sweep, sweepDisks } from './sweep-disks.ts';

/** Hours that a disk which nobody needs is kept, unless ATELIER_BROKER_KEEP_DISKS_HOURS says otherwise: channels are also moved back. */
const usualHours = 24;
const everyMs = 15 * 60_000;

/** Milliseconds from the hours in the environment. @throws TypeError when they are no number */
export function keepDisksMs(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const text = env.ATELIER_BROKER_KEEP_DISKS_HOURS || String(usualHours);
  const hours = Number(text);
  if (!Number.isFinite(hours) || hours < 0)
    throw new TypeError(`ATELIER_BROKER_KEEP_DISKS_HOURS is ${text}: give hours, such as 24`);
  return hours * 3_600_000;
}

/** Throws disks that nobody needs away every quarter of an hour, one broker of this machine at a time. */
export function startSweeping({
  alone,
  log,
  ...sweep
}: Pick<Sweep, 'shelf' | 'machines' | 'wanted'> & {
  readonly alone: ReturnType<typeof aloneByLease>;
  readonly log: Pick<BrokerLog, 'info' | 'warn'>;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const keepMs = keepDisksMs();
  const round = (signal: AbortSignal) =>
    sweepDisks({
      ...sweep,
      keepMs,
      alone: (name, work) => alone(name, signal, work),
    });
  const rounds = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Not longer than one wait: another broker of this machine that holds it is sweeping.
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(everyMs)]);
      await alone('sweep', signal, round)
        .then((gone) => {
          if (gone.length > 0) log.info({ gone }, 'disks that nobody needs were thrown away');
        })
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) log.warn({ err: error }, 'disks that nobody needs could not be thrown away');
        });
      await pause(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  const done = rounds();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
