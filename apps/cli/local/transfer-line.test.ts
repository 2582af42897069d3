import type { LocalTransfers, Transfer } from '@atelier/api';
import { expect, it } from 'vitest';
import { bySource, transferCell, transferLine, transfersLine } from './transfer-line.ts';

const transfer: Transfer = {
  version: 3,
  state: 'running',
  bytesTotal: 4_000_000_000,
  bytesDone: 1_000_000_000,
  bySource: { zero: 0, previous: 600e6, interrupted: 0, host: 0, media: 100e6, peer: 200e6, network: 100e6 },
  wireBytes: 40e6,
  bytesPerSecond: 50e6,
  secondsLeft: 60,
  waiting: null,
  error: null,
};
const calm: LocalTransfers = {
  hold: 'none',
  background: { state: 'go', because: null, until: null, bandwidthKiBps: 0 },
  onBattery: false,
  metered: null,
  sharing: { serve: 'off', cachedBytes: 0, servedBytes: 0 },
};

it('names every source that gave something', () => {
  expect(bySource(transfer)).toMatch(/^kept versions .*, removable media .*, peers .*, network .*, on the wire /);
  expect(transferLine(transfer)).toMatch(/version 3 .*\/s, .* left {2}\(kept versions/);
  expect(transferCell(transfer)).toMatch(/^v3, 25 %, .*left$/);
  expect(transferCell(null)).toBe('');
  expect(transferCell({ ...transfer, state: 'failed', secondsLeft: null })).toBe('v3, 25 %, failed');
});

it('says why a transfer waits instead of how fast it is', () => {
  const waiting = { because: 'battery', until: null } as const;
  const line = transferLine({ ...transfer, waiting, bytesPerSecond: 0, secondsLeft: null });
  expect(line).toContain('waits: on battery power');
  expect(line).not.toContain('/s');
});

it('says how transfers stand on the computer, or nothing', () => {
  expect(transfersLine(calm)).toBe('');
  const waits = { state: 'wait', because: 'metered', until: null, bandwidthKiBps: 0 } as const;
  expect(transfersLine({ ...calm, background: waits })).toContain('on a metered link');
  expect(transfersLine({ ...calm, hold: 'anyway', background: waits })).toContain('run now');
  expect(transfersLine({ ...calm, hold: 'paused' })).toContain('atelier transfers resume');
  const sharing = { serve: 'fetched', cachedBytes: 5e6, servedBytes: 1e6 } as const;
  expect(transfersLine({ ...calm, sharing })).toMatch(/others of the site: .* kept, .* given/);
});
