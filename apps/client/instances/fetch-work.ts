import type { FetchProgress, FetchResult } from '@atelier/adapters/trim-client';
import type { Pace } from '@atelier/domain/transfers';
import { classifyTransferError } from '../images/classify-transfer-error.ts';
import type { TransferDesk } from '../images/transfer-desk.ts';
import { backOffMs } from '../server/back-off.ts';
import type { Happening } from './happening.ts';
import type { InstanceRecord } from './instance-record.ts';

export interface FetchWorkParts {
  readonly desk: TransferDesk;
  record(): InstanceRecord | undefined;
  happen(happening: Happening): void;
  onProgress(progress: FetchProgress): void;
  onPace(pace: Pace): void;
  /** Waits so many milliseconds, less when there is reason to hope (the server is back). */
  wait(ms: number): Promise<void>;
  readonly signal: AbortSignal;
  /** Milliseconds between two events of progress; a minute unless told. */
  readonly reportMs?: number;
}

/** Fetches the version that the record's transfer names; tries again by itself until that makes no sense. */
export async function fetchWork(parts: FetchWorkParts, version: number): Promise<void> {
  const tell = teller(parts);
  for (let attempt = 1; ; attempt++) {
    const record = parts.record();
    if (record?.transfer?.version !== version || record.transfer.state !== 'running') return;
    try {
      const { image, policy } = record.granted;
      const result = await parts.desk.fetch({
        image,
        version,
        policy: policy.update,
        wish: () => {
          const { asked = 'policy', askedAt = 0 } = parts.record()?.transfer ?? {};
          return { asked, askedAt, bandwidthKiBps: policy.update.bandwidthKiBps };
        },
        signal: parts.signal,
        ...tell,
      });
      parts.happen({ kind: 'fetched', version, detail: inWords(result), data: inNumbers(result) });
      return;
    } catch (error) {
      if (parts.signal.aborted) return;
      const failure = classifyTransferError(error);
      parts.happen({ kind: 'fetch-failed', ...failure });
      if (failure.final) return;
    }
    await parts.wait(backOffMs(attempt, 2000, 300_000));
    if (parts.signal.aborted) return;
  }
}

/** Tells of progress once a minute, and of each time that the transfer begins to wait or goes on. */
function teller({ happen, onProgress, onPace, reportMs = 60_000 }: FetchWorkParts) {
  let told = performance.now();
  let waits = false;
  return {
    onProgress: (progress: FetchProgress) => {
      onProgress(progress);
      if (performance.now() - told < reportMs) return;
      told = performance.now();
      const { image, version, bytesDone, bytesTotal, bySource, wireBytes } = progress;
      const detail = `version ${version} of ${image}: ${mb(bytesDone)} of ${mb(bytesTotal)}; ${sourcesInWords(bySource)}`;
      happen({ kind: 'fetch-reported', detail, data: { image, version, bytesDone, bytesTotal, bySource, wireBytes } });
    },
    onPace: (pace: Pace) => {
      onPace(pace);
      if (pace.state === 'wait') {
        const until = pace.until === null ? null : new Date(pace.until).toISOString();
        if (!waits) happen({ kind: 'fetch-waits', because: pace.because, until });
      } else if (waits) happen({ kind: 'fetch-goes-on' });
      waits = pace.state === 'wait';
    },
  };
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const sourceNames = [
  ['previous', 'versions that are here'],
  ['interrupted', 'an interrupted transfer'],
  ['host', 'this computer’s files'],
  ['media', 'removable media'],
  ['peer', 'peers'],
  ['network', 'the repository'],
] as const;

const sourcesInWords = (bySource: FetchResult['bySource']): string =>
  sourceNames
    .filter(([key]) => bySource[key] > 0)
    .map(([key, name]) => `${mb(bySource[key])} from ${name}`)
    .join(', ') || 'nothing but zeros';

const inWords = ({ image, version, bySource, wireBytes, milliseconds }: FetchResult): string =>
  `version ${version} of ${image}: ${mb(wireBytes)} from the repository's addresses in ${(milliseconds / 1000).toFixed(1)} s; ` +
  `of the disk ${sourcesInWords(bySource)}`;

const inNumbers = ({
  image,
  version,
  bySource,
  wireBytes,
  requests,
  milliseconds,
}: FetchResult): Record<string, unknown> => ({
  image,
  version,
  bySource,
  wireBytes,
  requests,
  milliseconds,
});
