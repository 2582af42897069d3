import { describe, expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

describe('who guesses passwords', () => {
  it('waits longer and longer after three failures, and only under that name from there', () => {
    let now = 0;
    const backOff = new BackOff(() => now);
    for (let n = 0; n < 2; n++) backOff.failed('ada', '10.0.0.1');
    expect(backOff.waits('ada', '10.0.0.1')).toBe(false);
    backOff.failed('Ada', '10.0.0.1');
    expect(backOff.waits('ada', '10.0.0.1')).toBe(true);
    expect(backOff.waits('bob', '10.0.0.1')).toBe(false);
    expect(backOff.waits('ada', '10.0.0.2')).toBe(false);
    now = 1001;
    expect(backOff.waits('ada', '10.0.0.1')).toBe(false);
    backOff.failed('ada', '10.0.0.1');
    now += 1500;
    expect(backOff.waits('ada', '10.0.0.1')).toBe(true);
    for (let n = 0; n < 100; n++) backOff.failed('ada', '10.0.0.1');
    now += 60_001;
    expect(backOff.waits('ada', '10.0.0.1')).toBe(false);
  });

  it('waits under any name when the address has failed too often', () => {
    const backOff = new BackOff(() => 0);
    for (let n = 0; n < 50; n++) backOff.failed(`user${n}`, '10.0.0.1');
    expect(backOff.waits('ada', '10.0.0.1')).toBe(true);
  });

  it('is forgiven when the password is right', () => {
    const backOff = new BackOff(() => 0);
    for (let n = 0; n < 3; n++) backOff.failed('ada', 'a');
    backOff.succeeded('ada', 'a');
    expect(backOff.waits('ada', 'a')).toBe(false);
  });
});
