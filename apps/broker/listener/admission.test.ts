import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../broker-limits.ts';
import { Admission } from './admission.ts';

const limits = { ...defaultLimits, openings: 4, openingsPerAddress: 2, signIns: 2, signInsPerAddress: 1, relays: 1 };

describe('admission', () => {
  it('bounds each stage for one address and for all, and gives places back', () => {
    const admission = new Admission(limits);
    const first = admission.enter('a')!;
    const second = admission.enter('a')!;
    expect(admission.enter('a')).toBeNull();
    expect(admission.enter('b')).not.toBeNull();
    expect(first.advance('sign-in')).toBe(true);
    expect(second.advance('sign-in')).toBe(false);
    expect(first.advance('relay')).toBe(true);
    expect(second.advance('sign-in')).toBe(true);
    expect(second.advance('relay')).toBe(false);
    expect(admission.counts()).toEqual({ opening: 1, 'sign-in': 1, relay: 1, refused: 3 });
    first.leave();
    first.leave();
    expect(first.advance('relay')).toBe(false);
    expect(second.advance('relay')).toBe(true);
    expect(admission.counts()).toMatchObject({ opening: 1, 'sign-in': 0, relay: 1 });
  });

  it('leaves something for others, however much a few addresses hold', () => {
    const admission = new Admission({ ...limits, openings: 100, openingsPerAddress: 40 });
    const held = ['a', 'b', 'c', 'd'].map((address) => {
      let places = 0;
      while (admission.enter(address)) places++;
      return places;
    });
    expect(held).toEqual([40, 30, 15, 8]);
    for (let n = 0; n < 7; n++) expect(admission.enter(`honest ${n}`)).not.toBeNull();
    expect(admission.enter('too many')).toBeNull();
  });

  it('counts the addresses of one IPv6 network together', () => {
    const admission = new Admission(limits);
    for (let n = 0; n < 20; n++) admission.fault(`2001:db8:0:1::${n.toString(16)}`);
    expect(admission.enter('2001:db8:0:1:ffff::1')).toBeNull();
    expect(admission.enter('2001:db8:0:2::1')).not.toBeNull();
    admission.clear('2001:db8:0:1::77');
    expect(admission.enter('2001:db8:0:1::1')).not.toBeNull();
  });

  it('has an address that sends nonsense wait longer and longer, and nobody else', () => {
    let now = 0;
    const admission = new Admission(limits, () => now);
    for (let n = 0; n < 19; n++) admission.fault('eve');
    expect(admission.enter('eve')).not.toBeNull();
    admission.fault('eve');
    expect(admission.enter('eve')).toBeNull();
    expect(admission.enter('bob')).not.toBeNull();
    now += 100;
    admission.enter('eve')!.leave();
    for (let n = 0; n < 30; n++) admission.fault('eve');
    now += 59_999;
    expect(admission.enter('eve')).toBeNull();
    now += 1;
    admission.enter('eve')!.leave();
    admission.fault('eve');
    admission.clear('eve');
    expect(admission.enter('eve')).not.toBeNull();
  });
});
