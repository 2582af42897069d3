import type { FetchProgress } from '@atelier/adapters/trim-client';
import type { Transfer } from '@atelier/api';
import type { Pace } from '@atelier/domain/transfers';

/** Turns the progress of a fetch into what people like to see: rate over the last seconds, time left, why it waits. */
export interface TransferMeter {
  update(progress: FetchProgress, atMs: number): void;
  /** It waits, or goes on. */
  pace(pace: Pace): void;
  /** Whether all bytes are there. */
  finished(): boolean;
  read(state: Transfer['state'], error: string | null): Transfer;
}

type Sample = { readonly at: number; readonly bytes: number; readonly received: number };

/** Seconds over which rates are averaged. */
const windowSeconds = 5;
const nothing = { zero: 0, previous: 0, interrupted: 0, host: 0, media: 0, peer: 0, network: 0 };

export function transferMeter(version: number): TransferMeter {
  let last: FetchProgress | undefined;
  let samples: Sample[] = [];
  let waiting: Transfer['waiting'] = null;
  const rate = (of: (sample: Sample) => number) => {
    const first = samples[0];
    const final = samples.at(-1);
    if (!first || !final || final.at <= first.at) return 0;
    return Math.max(0, ((of(final) - of(first)) * 1000) / (final.at - first.at));
  };
  /** What is still to be received takes longest, and says best how long; without that, what is still to be written. */
  const secondsLeft = (bytesPerSecond: number) => {
    if (!last) return null;
    const receiving = rate((one) => one.received);
    const toReceive = last.wireBytesExpected - last.receivedBytes;
    if (toReceive > 0 && receiving > 0) return Math.ceil(toReceive / receiving);
    return bytesPerSecond > 0 ? Math.ceil((last.bytesTotal - last.bytesDone) / bytesPerSecond) : null;
  };
  return {
    update: (progress, at) => {
      last = progress;
      waiting = null;
      const sample = { at, bytes: progress.bytesDone, received: progress.receivedBytes };
      // begun anew after a pause: what is verified again is no rate
      const before = samples.at(-1)?.bytes ?? 0;
      samples =
        before > sample.bytes ? [sample] : [...samples.filter((one) => at - one.at <= windowSeconds * 1000), sample];
    },
    pace: (pace) => {
      waiting =
        pace.state === 'wait'
          ? { because: pace.because, until: pace.until === null ? null : new Date(pace.until).toISOString() }
          : null;
      if (waiting) samples = [];
    },
    finished: () => last !== undefined && last.bytesDone >= last.bytesTotal,
    read: (state, error) => {
      const waits = state === 'running' ? waiting : null;
      const bytesPerSecond = state === 'running' && !waits ? Math.round(rate((one) => one.bytes)) : 0;
      return {
        version: last?.version ?? version,
        state,
        bytesTotal: last?.bytesTotal ?? 0,
        bytesDone: last?.bytesDone ?? 0,
        bySource: last ? { ...last.bySource } : nothing,
        wireBytes: last?.wireBytes ?? 0,
        bytesPerSecond,
        secondsLeft: state === 'running' && !waits ? secondsLeft(bytesPerSecond) : null,
        waiting: waits,
        error,
      };
    },
  };
}
