import { describe, expect, it } from 'vitest';
import {
  defaultTransferPolicy,
  mergeTransferPolicy,
  paceOf,
  scheduleAt,
  transferOverrideSchema,
  transferPolicySchema,
} from './index.ts';

const weekMinute = (day: number, hour: number, minute = 0) => (day * 24 + hour) * 60 + minute;
const office = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' } as const;
const paused = transferPolicySchema.parse({ windows: [{ ...office, pause: true }] });
const capped = transferPolicySchema.parse({ windows: [{ ...office, bandwidthKiBps: 500 }], bandwidthKiBps: 2000 });
const night = { clock: { at: 0, weekMinute: weekMinute(2, 3) }, battery: false, metered: null };
const day = { ...night, clock: { at: 90_000, weekMinute: weekMinute(2, 9, 30) } };
const policyWish = { asked: 'policy', askedAt: 100, bandwidthKiBps: 0 } as const;
const personWish = { ...policyWish, asked: 'person' } as const;
const free = { pausedAt: null, anyway: false };

describe('a schedule', () => {
  it('lasts from its beginning to just before its end, on its days', () => {
    const at = (...moment: [number, number, number?]) => scheduleAt(paused.windows, weekMinute(...moment));
    expect([at(0, 7, 59).pause, at(0, 8).pause, at(4, 17, 59).pause, at(4, 18).pause, at(5, 12).pause]).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(at(0, 9).changesIn).toBe(9 * 60);
    expect(at(4, 18).changesIn).toBe((2 * 24 + 14) * 60);
  });

  it('goes over midnight, and over the end of the week', () => {
    const { windows } = transferPolicySchema.parse({
      windows: [{ days: ['sun'], from: '22:00', to: '06:00', pause: true }],
    });
    expect(scheduleAt(windows, weekMinute(0, 5, 59)).pause).toBe(true);
    expect(scheduleAt(windows, weekMinute(0, 6)).pause).toBe(false);
    expect(scheduleAt(windows, weekMinute(6, 22))).toEqual({ pause: true, bandwidthKiBps: 0, changesIn: 480 });
  });

  it('lets the one that pauses win, then the smallest limit', () => {
    const { windows } = transferPolicySchema.parse({
      windows: [
        { ...office, bandwidthKiBps: 300 },
        { days: ['mon'], from: '00:00', to: '24:00', bandwidthKiBps: 100 },
        { days: ['tue'], from: '12:00', to: '13:00', pause: true },
      ],
    });
    expect(scheduleAt(windows, weekMinute(0, 9)).bandwidthKiBps).toBe(100);
    expect(scheduleAt(windows, weekMinute(1, 12)).pause).toBe(true);
    expect(scheduleAt(windows, weekMinute(5, 9))).toMatchObject({ pause: false, bandwidthKiBps: 0 });
    expect(scheduleAt([], 0)).toEqual({ pause: false, bandwidthKiBps: 0, changesIn: null });
  });
});

describe('a transfer in the background', () => {
  it('waits for the schedule and says until when', () => {
    expect(paceOf(paused, night, policyWish, free)).toEqual({ state: 'go', bandwidthKiBps: 0, background: true });
    const until = 60_000 + (8 * 60 + 30) * 60_000;
    expect(paceOf(paused, day, policyWish, free)).toEqual({ state: 'wait', because: 'schedule', until });
  });

  it('keeps to the smallest of all limits', () => {
    expect(paceOf(capped, day, policyWish, free)).toMatchObject({ bandwidthKiBps: 500 });
    expect(paceOf(capped, night, policyWish, free)).toMatchObject({ bandwidthKiBps: 2000 });
    expect(paceOf(capped, night, { ...policyWish, bandwidthKiBps: 90 }, free)).toMatchObject({ bandwidthKiBps: 90 });
  });

  it('waits on battery and on metered links, unless the policy says otherwise', () => {
    const on = (change: object, policy = defaultTransferPolicy) =>
      paceOf(policy, { ...night, ...change }, policyWish, free);
    expect(on({ battery: true })).toMatchObject({ because: 'battery' });
    expect(on({ metered: true })).toMatchObject({ because: 'metered' });
    expect(on({ metered: null })).toMatchObject({ state: 'go' });
    expect(on({ metered: null }, transferPolicySchema.parse({ metered: 'yes' }))).toMatchObject({ because: 'metered' });
    expect(on({ metered: true }, transferPolicySchema.parse({ metered: 'no' }))).toMatchObject({ state: 'go' });
    const careless = transferPolicySchema.parse({ onBattery: 'go-on', onMetered: 'go-on' });
    expect(on({ battery: true, metered: true }, careless)).toMatchObject({ state: 'go' });
  });
});

describe('a person', () => {
  it('who waits for a transfer gets it at once, at normal priority, within the limit of the policy', () => {
    const pace = paceOf(paused, { ...day, battery: true, metered: true }, personWish, free);
    expect(pace).toEqual({ state: 'go', bandwidthKiBps: 0, background: false });
    expect(paceOf(capped, day, personWish, free)).toMatchObject({ bandwidthKiBps: 2000 });
  });

  it('pauses what was asked for before, not what is asked for after that', () => {
    const hold = { pausedAt: 200, anyway: false };
    expect(paceOf(paused, night, personWish, hold)).toMatchObject({ because: 'person' });
    expect(paceOf(paused, night, { ...personWish, askedAt: 201 }, hold)).toMatchObject({ state: 'go' });
  });

  it('says "now anyway" and is heard', () => {
    expect(paceOf(paused, day, policyWish, { pausedAt: 200, anyway: true })).toMatchObject({
      state: 'go',
      background: false,
    });
  });
});

describe('a policy', () => {
  it('says in clear words what is wrong with it', () => {
    const problems = (input: unknown) =>
      transferPolicySchema.safeParse(input).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(problems({ windows: [{ ...office }] })).toEqual([
      'windows.0: a window either pauses or has a limit above 0',
    ]);
    expect(problems({ windows: [{ ...office, from: '8:00', pause: true }] })?.[0]).toContain(
      'windows.0.from: a time of day',
    );
    expect(problems({ media: { folders: ['/media/../etc'] } })?.[0]).toContain('media.folders.0: an absolute path');
    expect(problems({ sharing: { caches: [{ url: 'http://x/', endpointId: 'x' }] } })?.[0]).toContain(
      'an https address',
    );
    expect(problems({ bandwith: 3 })?.[0]).toContain('bandwith');
    expect(problems({ sharing: { port: 80 } })?.[0]).toContain('sharing.port');
  });

  it('takes what an endpoint does otherwise, part by part', () => {
    const override = transferOverrideSchema.parse({ sharing: { serve: 'site-cache' } });
    const merged = mergeTransferPolicy(capped, override);
    expect(merged).toMatchObject({ bandwidthKiBps: 2000, sharing: { serve: 'site-cache', use: false } });
    expect(transferOverrideSchema.parse({})).toEqual({});
  });
});
