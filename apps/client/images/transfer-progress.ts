import type { FetchProgress } from '@atelier/adapters/trim-client';
import type { Transfer } from '@atelier/api';

/** Turns the progress of a fetch into what people like to see: rate over the last seconds, and time left. */
export interface TransferMeter {
  update(progress: FetchProgress, atMs: number): void;
  /** Whether all bytes are there. */
  finished(): boolean;
  read(state: Transfer['state'], error: string | null): Transfer;
}

/** Seconds over which the rate is averaged. */
const windowSeconds = 5;

export function transferMeter(version: number): TransferMeter {
  let last: FetchProgress | undefined;
  let samples: { readonly at: number; readonly bytes: number }[] = [];
  const rate = () => {
    const first = samples[0];
    const final = samples.at(-1);
    if (!first || !final || final.at <= first.at) return 0;
    return ((final.bytes - first.bytes) * 1000) / (final.at - first.at);
  };
  return {
    update: (progress, at) => {
      last = progress;
      samples = [...samples.filter((one) => at - one.at <= windowSeconds * 1000), { at, bytes: progress.bytesDone }];
    },
    finished: () => last !== undefined && last.bytesDone >= last.bytesTotal,
    read: (state, error) => {
      const bytesPerSecond = state === 'running' ? Math.round(rate()) : 0;
      const left = last ? last.bytesTotal - last.bytesDone : 0;
      return {
        version: last?.version ?? version,
        state,
        bytesTotal: last?.bytesTotal ?? 0,
        bytesDone: last?.bytesDone ?? 0,
        bySource: last ? { ...last.bySource } : { zero: 0, previous: 0, interrupted: 0, host: 0, network: 0 },
        wireBytes: last?.wireBytes ?? 0,
        bytesPerSecond,
        secondsLeft: bytesPerSecond > 0 ? Math.ceil(left / bytesPerSecond) : null,
        error,
      };
    },
  };
}
