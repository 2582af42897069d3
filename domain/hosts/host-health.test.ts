import { expect, it } from 'vitest';
import { type HostFacts, hostHealth } from './host-health.ts';

const well: HostFacts = {
  osCaption: 'Debian GNU/Linux 12',
  osVersion: '12.5',
  computerName: 'web-1',
  manufacturer: null,
  model: null,
  processors: 2,
  memoryBytes: 1000,
  freeMemoryBytes: 500,
  loadPercent: 1,
  startedAt: null,
  disks: [{ name: '/', size: 100, free: 50 }],
  stoppedServices: [],
  hardwareFaults: [],
};

it('finds nothing about a host that is well, and knows nothing of a silent one', () => {
  expect(hostHealth(well)).toEqual({ level: 'ok', findings: [] });
  expect(hostHealth(null).level).toBe('unknown');
});

it.each([
  [{ disks: [{ name: '/', size: 100, free: 9 }] }, 'warning', '/ has 9 % free'],
  [{ disks: [{ name: '/srv', size: 100, free: 4.9 }] }, 'critical', '/srv has 4 % free'],
  [{ disks: [{ name: '/proc', size: 0, free: 0 }] }, 'ok', undefined],
  [{ freeMemoryBytes: 49 }, 'warning', '4 % of the memory is free'],
  [{ stoppedServices: ['nginx'] }, 'warning', 'the service nginx should run and does not'],
  [{ hardwareFaults: ['Fan 1 is critical'] }, 'critical', 'Fan 1 is critical'],
] as const)('of %o it is %s', (change, level, text) => {
  const health = hostHealth({ ...well, ...change });
  expect([health.level, health.findings[0]?.text]).toEqual([level, text]);
});

it('says that a host brings its events no more, also of one that told nothing', () => {
  const flow = { kind: 'silent', heardAt: new Date('2026-02-03T04:05:06Z') } as const;
  const text = 'it has brought neither events nor heartbeats since 2026-02-03T04:05:06.000Z';
  for (const facts of [well, null])
    expect(hostHealth(facts, flow)).toEqual({ level: 'warning', findings: [{ level: 'warning', text }] });
  expect(hostHealth(well, { kind: 'host', heardAt: new Date() }).level).toBe('ok');
});
