import { expect, it } from 'vitest';
import { setClientCore } from './client-core.ts';

const french = { keyboardLayout: 0x40c };

/** The beginning of a connection as IronRDP writes it: TPKT, X.224 Data, MCS Connect Initial, GCC, and the Client Core Data at its place. */
function connectInitial({ length = 216, type = 0xc001, octets = 2 } = {}): { message: Buffer; core: number } {
  const head = Buffer.from('0300000002f0807f658201a00401010401010101ff', 'hex');
  const key = Buffer.concat([Buffer.from('Duca', 'latin1'), Buffer.from(octets === 2 ? '80e4' : '64', 'hex')]);
  const core = Buffer.alloc(216);
  core.writeUInt16LE(type, 0);
  core.writeUInt16LE(length, 2);
  core.writeUInt16LE(16, 140);
  core.writeUInt16LE(0x0002, 142);
  core.writeUInt16LE(0x0001, 144);
  const message = Buffer.concat([head, key, core, Buffer.from('04c00c000000000000000000', 'hex')]);
  message.writeUInt16BE(message.length, 2);
  return { message, core: head.length + key.length };
}

it('says the keyboard, 32 bits of colour and a fast network in the client’s place', () => {
  for (const octets of [1, 2]) {
    const { message, core } = connectInitial({ octets });
    const before = Buffer.from(message);
    expect(setClientCore(message, french)).toBe(true);
    expect(message.readUInt32LE(core + 16)).toBe(0x40c);
    expect(message.readUInt16LE(core + 140)).toBe(24);
    expect(message.readUInt16LE(core + 142)).toBe(0x000b);
    expect(message.readUInt16LE(core + 144)).toBe(0x0023);
    expect(message[core + 210]).toBe(6);
    for (const place of [16, 17, 140, 142, 144, 210]) message[core + place] = before[core + place]!;
    expect(message).toEqual(before);
  }
});

it('leaves the keyboard alone that nobody named, and messages that are none or cut', () => {
  const { message, core } = connectInitial();
  expect(setClientCore(message, { keyboardLayout: 0 })).toBe(true);
  expect(message.readUInt32LE(core + 16)).toBe(0);
  const others = [
    connectInitial({ type: 0xc002 }).message,
    connectInitial({ length: 100 }).message,
    connectInitial({ length: 4000 }).message,
    ...[3, 8, 24, 30, 200].map((end) => connectInitial().message.subarray(0, end)),
    Buffer.alloc(300, 3),
  ];
  for (const other of others) {
    const before = Buffer.from(other);
    expect(setClientCore(other, french)).toBe(false);
    expect(other).toEqual(before);
  }
});
