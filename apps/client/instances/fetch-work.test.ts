import type { FetchProgress, FetchResult } from '@atelier/adapters/trim-client';
import { expect, it } from 'vitest';
import type { TransferOrder } from '../images/transfer-desk.ts';
import { testWorkspace } from '../testing/test-workspace.ts';
import { fetchWork } from './fetch-work.ts';
import type { Happening } from './happening.ts';
import { newInstanceRecord } from './instance-record.ts';

const bySource = { zero: 0, interrupted: 0, previous: 3e6, host: 0, media: 0, peer: 2e6, network: 1e6 };
const progress: FetchProgress = {
  phase: 'transferring',
  image: 'debian-lab',
  version: 1,
  bytesTotal: 12e6,
  bytesDone: 6e6,
  bySource,
  wireBytes: 4e5,
  wireBytesExpected: 2e6,
  receivedBytes: 1e6,
  requests: 3,
};
const result = { ...progress, version: 1, milliseconds: 2500 } as unknown as FetchResult;
const record = {
  ...newInstanceRecord({ id: 'u', name: 'anna' }, testWorkspace({}, { bandwidthKiBps: 7 })),
  transfer: { version: 1, state: 'running', thenStart: false, asked: 'person', askedAt: 5, error: null } as const,
};

/** What comes of a fetch during which `work` goes on. */
async function happenings(reportMs: number, work: (order: TransferOrder) => void): Promise<Happening[]> {
  const all: Happening[] = [];
  await fetchWork(
    {
      desk: {
        fetch: async (order) => {
          work(order);
          return result;
        },
        busy: () => false,
        reconsider: () => undefined,
      },
      record: () => record,
      happen: (one) => all.push(one),
      onProgress: () => undefined,
      onPace: () => undefined,
      wait: async () => undefined,
      signal: new AbortController().signal,
      reportMs,
    },
    1,
  );
  return all;
}

it('tells at the end what came from where, and how long it took', async () => {
  const [last, ...others] = await happenings(60_000, ({ onProgress }) => {
    for (let i = 0; i < 1000; i++) onProgress(progress);
  });
  expect(others).toEqual([]);
  expect(last).toMatchObject({ kind: 'fetched', data: { bySource, wireBytes: 4e5, milliseconds: 2500 } });
  expect((last as { detail: string }).detail).toBe(
    "version 1 of debian-lab: 0.4 MB from the repository's addresses in 2.5 s; of the disk 3.0 MB from versions that are here, " +
      '2.0 MB from peers, 1.0 MB from the repository',
  );
});

it('tells on the way no more often than it may', async () => {
  const all = await happenings(0, ({ onProgress }) => onProgress(progress));
  expect(all[0]).toMatchObject({ kind: 'fetch-reported', data: { bytesDone: 6e6, bytesTotal: 12e6, bySource } });
});

it('tells once that it waits, why and until when, and that it goes on', async () => {
  const go = { state: 'go', bandwidthKiBps: 0, background: true } as const;
  const all = await happenings(60_000, ({ onPace, wish }) => {
    expect(wish()).toEqual({ asked: 'person', askedAt: 5, bandwidthKiBps: 7 });
    onPace(go);
    onPace({ state: 'wait', because: 'schedule', until: 0 });
    onPace({ state: 'wait', because: 'battery', until: null });
    onPace(go);
  });
  expect(all.slice(0, -1)).toEqual([
    { kind: 'fetch-waits', because: 'schedule', until: '1970-01-01T00:00:00.000Z' },
    { kind: 'fetch-goes-on' },
  ]);
});
