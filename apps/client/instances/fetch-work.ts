import type { FetchProgress, FetchResult } from '@atelier/adapters/trim-client';
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
  /** Waits so many milliseconds, less when there is reason to hope (the server is back). */
  wait(ms: number): Promise<void>;
  readonly signal: AbortSignal;
}

/** Fetches the version that the record's transfer names; tries again by itself until that makes no sense. */
export async function fetchWork(parts: FetchWorkParts, version: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const record = parts.record();
    if (record?.transfer?.version !== version || record.transfer.state !== 'running') return;
    try {
      const { image, policy } = record.granted;
      const result = await parts.desk.fetch({
        image,
        version,
        policy: policy.update,
        signal: parts.signal,
        onProgress: parts.onProgress,
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

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const inWords = ({ image, version, bySource, wireBytes }: FetchResult): string =>
  `version ${version} of ${image}: ${mb(wireBytes)} over the network; ${mb(bySource.previous)} were there from previous ` +
  `versions, ${mb(bySource.host)} from this computer's files, ${mb(bySource.interrupted)} from an interrupted transfer`;

const inNumbers = ({ image, version, bySource, wireBytes, requests }: FetchResult): Record<string, unknown> => ({
  image,
  version,
  bySource,
  wireBytes,
  requests,
});
