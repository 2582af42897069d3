import { expect, it } from 'vitest';
import { setAutoLogon } from './pass-client-info.ts';

/** A Send Data Request with `length` octets of content behind its security header. */
function message(securityFlags: number, length: number): Buffer {
  const content = Buffer.alloc(length + 4, 0x11);
  content.writeUInt32LE(securityFlags, 0);
  const per = content.length < 128 ? [content.length] : [0x80 | (content.length >> 8), content.length & 0xff];
  const head = [3, 0, 0, 0, 2, 0xf0, 0x80, 0x64, 0, 6, 3, 0xeb, 0x70, ...per];
  const whole = Buffer.concat([Buffer.from(head), content]);
  whole.writeUInt16BE(whole.length, 2);
  return whole;
}

it('sets one bit of a client info, whatever its length is written with', () => {
  for (const length of [40, 500]) {
    const info = message(0x40, length);
    const flags = info.length - length + 4;
    info.writeUInt32LE(0x33, flags);
    const before = Buffer.from(info);
    expect(setAutoLogon(info)).toBe(true);
    expect(info.readUInt32LE(flags)).toBe(0x3b);
    info.writeUInt32LE(0x33, flags);
    expect(info).toEqual(before);
  }
});

it('leaves other messages and cut ones alone', () => {
  for (const one of [message(0x80, 300), message(0x40, 40).subarray(0, 24), Buffer.alloc(3), Buffer.alloc(300, 3)]) {
    const before = Buffer.from(one);
    expect(setAutoLogon(one)).toBe(false);
    expect(one).toEqual(before);
  }
});
