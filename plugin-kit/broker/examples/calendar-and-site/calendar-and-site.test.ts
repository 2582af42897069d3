import { describe, expect, it } from 'vitest';
import {
  checkBrokerPlugin,
  createMemoryStore,
  memoryProvider,
  sampleConnection,
  sampleTarget,
} from '../../conformance/index.ts';
import { createPlugin, isOpen } from './calendar-and-site.ts';

const settings = {
  sites: { berlin: ['10.1.0.0/16', '2001:db8:1::/48'], paris: ['10.2.0.0/16'] },
  timeZones: { berlin: 'Europe/Berlin' },
};
const sink = { report: () => undefined };
const next = async (): Promise<never> => {
  throw new Error('not asked');
};
const client = (address: string) =>
  sampleConnection({ client: { name: '', address, build: 1, tsvUrl: '', display: null } });

const store = createMemoryStore([
  sampleTarget('any'),
  sampleTarget('b1', { properties: { site: 'berlin' }, numSessions: 3 }),
  sampleTarget('b2', { properties: { site: 'berlin' }, numSessions: 4, weight: 200 }),
  sampleTarget('b3', { properties: { site: 'berlin' }, drain: true }),
  sampleTarget('b4', { properties: { site: 'berlin' }, state: 'down' }),
  sampleTarget('p1', { properties: { site: 'paris' }, maxSessions: 1, numPendingConnections: 1 }),
]);

async function begin() {
  const plugin = createPlugin(settings) as ReturnType<typeof createPlugin>;
  await plugin.initialize?.(memoryProvider(store));
  return plugin;
}

describe('the example for calendar and site', () => {
  it('prefers the least loaded target of the site that the client is at', async () => {
    const plugin = await begin();
    const choose = (address: string) => plugin.getMostSuitableTarget?.(client(address), sink, next);
    expect(await choose('10.1.7.7')).toEqual({ targetName: 'b2', isNewConnection: true });
    expect(await choose('2001:db8:1::5')).toEqual({ targetName: 'b2', isNewConnection: true });
    expect(await choose('10.2.0.1')).toBeUndefined();
    expect(await choose('192.0.2.1')).toBeUndefined();
    expect(await choose('')).toBeUndefined();
  });

  it.each([
    ['mon-fri 08:00-18:00', 1, '08:00', true],
    ['mon-fri 08:00-18:00', 5, '18:00', false],
    ['mon-fri 08:00-18:00', 6, '12:00', false],
    ['fri-mon 08:00-18:00', 0, '12:00', true],
    ['sat 22:00-06:00', 0, '05:59', true],
    ['sat 22:00-06:00', 6, '05:59', false],
    ['always', 3, '03:00', true],
  ])('%s on day %i at %s: %s', (hours, day, time, open) => {
    expect(isOpen(hours, day, time)).toBe(open);
  });

  it('removes targets that are closed now', async () => {
    const plugin = await begin();
    const today = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + 3) % 7];
    const closed = sampleTarget('c', { properties: { open: `${today} 00:00-23:59` } });
    const open = sampleTarget('o', { properties: { open: 'sun-sat 00:00-24:00' } });
    const gone = await plugin.filterTargets?.(client('10.1.0.1'), [closed, open, sampleTarget('x')], sink);
    expect(gone).toEqual([{ targetName: 'c', reason: `is open ${today} 00:00-23:59 only` }]);
  });

  it('is fit by the kit', async () => {
    expect(await checkBrokerPlugin(createPlugin(settings))).toEqual([]);
  });
});
