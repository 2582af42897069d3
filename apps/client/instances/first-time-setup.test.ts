import { eventKind } from '@atelier/domain/events';
import { expect, it } from 'vitest';
import { firstTimeSetup } from './first-time-setup.ts';

const then = '2026-01-01T00:00:00.000Z';
const now = '2026-01-02T00:00:00.000Z';
const after = (before: Parameters<typeof firstTimeSetup>[0], ...names: Parameters<typeof eventKind>[0][]) =>
  firstTimeSetup(
    before,
    names.map((name) => ({ name }) as Parameters<typeof firstTimeSetup>[1][number]),
    now,
  );

it('is over when the workspace ran, and until then the last failure counts', () => {
  expect(after(null, 'image.transfer-started', 'vm.starting')).toBeNull();
  const failed = after(null, 'vm.starting', 'vm.start-failed');
  expect(failed).toEqual({ statusCode: 1503, at: now });
  expect(after(failed, 'vm.guest-unresponsive')).toMatchObject({ statusCode: eventKind('vm.guest-unresponsive').code });
  expect(after(failed, 'vm.started')).toEqual({ statusCode: 0, at: now });
});

it('does not change by what happens later, but begins anew when everything is thrown away', () => {
  const done = { statusCode: 0, at: then };
  expect(after(done, 'vm.crashed', 'vm.started')).toBe(done);
  expect(after(done, 'vm.reset')).toBeNull();
  expect(after(done, 'vm.reset', 'vm.starting', 'vm.started')).toEqual({ statusCode: 0, at: now });
});
