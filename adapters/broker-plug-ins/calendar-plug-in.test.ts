import { checkBrokerPlugin, sampleConnection, sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import { calendarPlugIn } from './calendar-plug-in.ts';

const hours = { timeZone: 'Europe/Berlin', week: [{ days: ['monday'], from: '08:00', to: '18:00' }] };
const settings = { calendars: { office: { rules: [{ name: 'mondays', targets: { names: ['h1'] }, hours }] } } };

it('the calendar removes targets that are closed, of its collections only', async () => {
  let now = new Date('2026-11-23T07:30:00Z');
  const plugin = calendarPlugIn(settings, () => now);
  const remove = (collection: string) =>
    plugin.filterTargets?.(sampleConnection({ collection }), [sampleTarget('h1'), sampleTarget('h2')], {
      report: () => undefined,
    });
  expect(remove('office')).toEqual([]);
  now = new Date('2026-11-24T07:30:00Z');
  expect(remove('office')).toEqual([{ targetName: 'h1', reason: 'outside of "mondays"' }]);
  expect(remove('lab')).toBeUndefined();
  expect(await checkBrokerPlugin(calendarPlugIn(settings))).toEqual([]);
  expect(() => calendarPlugIn({ calendars: { office: { rules: [{ name: 'x' }] } } })).toThrow(
    /calendars.office.rules.0.hours/,
  );
});
