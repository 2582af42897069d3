import { describe, expect, it } from 'vitest';
import {
  type CipherSuite,
  cipherSuites,
  findIpmiDevice,
  hmac,
  IpmiError,
  readAuthenticationCapabilities,
  readBootOrder,
  readChassisStatus,
  readCipherSuites,
  readDeviceId,
  readEventLogEntry,
  readEventLogInfo,
  readFruInfo,
  readFruInventory,
  readLanResponse,
  readOpenSession,
  readPacket,
  readRakp2,
  readSdrInfo,
  readSdrRecord,
  readSensorReading,
  readSessionless,
  readWatchdog,
  setBootOrder,
  suite3,
  writePacket,
} from '../index.ts';
import { advance, emptyWindow } from './replay-window.ts';
import { scaleReading } from './sensor-reading.ts';

const keysOf = (suite: CipherSuite) => ({
  suite,
  k1: hmac(suite, Buffer.alloc(20, 1), Buffer.from('one')),
  k2: hmac(suite, Buffer.alloc(20, 1), Buffer.from('two')),
});

describe('a packet of a session', () => {
  it.each(cipherSuites)('comes back as it was sent, of every length, by suite $id', (suite) => {
    const keys = keysOf(suite);
    for (let length = 0; length < 70; length++) {
      const packet = { payloadType: 0, sessionId: 0xfedcba98, sequence: length, payload: Buffer.alloc(length, length) };
      const read = readPacket(writePacket(packet, keys, Buffer.alloc(16, 3)), keys);
      expect({ ...read, payload: Buffer.from(read.payload) }).toEqual(packet);
    }
  });

  it.each(cipherSuites)('is refused when any bit of it was changed, by suite $id', (suite) => {
    const keys = keysOf(suite);
    const bytes = writePacket(
      { payloadType: 0, sessionId: 7, sequence: 1, payload: Buffer.from('abc') },
      keys,
      Buffer.alloc(16),
    );
    for (let bit = 8 * 4; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => readPacket(changed, keys)).toThrow(IpmiError);
    }
  });

  it('is refused in the clear inside of a session', () => {
    const plain = writePacket(
      { payloadType: 0, sessionId: 7, sequence: 1, payload: Buffer.from('abc') },
      null,
      Buffer.alloc(16),
    );
    expect(() => readPacket(plain, keysOf(suite3))).toThrow('not sealed');
  });
});

describe('the replay window', () => {
  it('takes each number once, and none that is 16 behind', () => {
    let window = emptyWindow;
    for (const number of [1, 3, 2, 40]) window = advance(window, number)!;
    expect([40, 3, 24, 0].map((number) => advance(window, number))).toEqual([null, null, null, null]);
    expect(advance(window, 25)).not.toBeNull();
    expect(advance(advance(window, 25)!, 25)).toBeNull();
  });
});

describe('a sensor’s scale', () => {
  const linear = { m: 2, b: -5, bExponent: 1, resultExponent: -1, linearization: 0, format: 'unsigned' } as const;
  it.each([
    [200, linear, 35],
    [0xff, { ...linear, format: 'twos-complement' }, -5.2],
    [0xfe, { ...linear, format: 'ones-complement' }, -5.2],
    [4, { ...linear, b: 0, linearization: 8 }, 0.64],
    [4, { ...linear, linearization: 0x70 }, null],
    [4, { ...linear, format: 'none' }, null],
    [4, null, null],
  ] as const)('makes of %i by %o the value %s', (raw, scale, value) => {
    expect(scaleReading(raw, scale)).toBe(value);
  });
});

it('reads the boot order that it writes', () => {
  for (const device of ['network', 'disk', 'cdrom', 'setup', 'default'] as const) {
    const order = { device, persistent: device === 'disk', uefi: device !== 'cdrom' };
    const [, flags] = setBootOrder(order);
    expect(readBootOrder(Buffer.concat([Buffer.from([1]), flags!.data]))).toEqual(order);
  }
});

it('finds the controller in an SMBIOS table behind other structures', () => {
  const bios = [0, 6, 0, 0, 1, 2, ...Buffer.from('Maker\0Version\0\0')];
  const system = [1, 4, 1, 0, 0, 0];
  const ipmi = [38, 18, 2, 0, 1, 0x20, 0x40, 0xff, 0xa3, 0x0c, 0, 0, 0, 0, 0, 0, 0x08, 5, 0, 0];
  const end = [127, 4, 3, 0, 0, 0];
  expect(findIpmiDevice(Uint8Array.from([...bios, ...system, ...ipmi, ...end]))).toEqual({
    interface: 'KCS',
    specification: '2.0',
    i2cAddress: 0x40,
    baseAddress: 0xca2n,
    ioSpace: true,
    registerSpacing: 1,
    interrupt: 5,
  });
  expect(findIpmiDevice(Uint8Array.from([...bios, ...end]))).toBeNull();
});

it('throws nothing but its own errors for 50,000 foreign answers', () => {
  const state = {
    suite: suite3,
    session: { consoleId: 1, controllerId: 2 },
    identity: { user: 'a', password: 'b', privilege: 4 },
    consoleRandom: Buffer.alloc(16),
  };
  const readers: readonly ((bytes: Uint8Array) => unknown)[] = [
    readDeviceId,
    readAuthenticationCapabilities,
    readCipherSuites,
    readChassisStatus,
    readBootOrder,
    readEventLogInfo,
    readEventLogEntry,
    readFruInfo,
    readFruInventory,
    readLanResponse,
    readSdrInfo,
    readSdrRecord,
    readSensorReading,
    readSessionless,
    readWatchdog,
    findIpmiDevice,
    (bytes) => readPacket(bytes, null),
    (bytes) => readPacket(bytes, keysOf(suite3)),
    (bytes) => readOpenSession(bytes, bytes[0] ?? 0, 1, suite3),
    (bytes) => readRakp2(bytes, bytes[0] ?? 0, state),
  ];
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 8;
  };
  for (let count = 0; count < 50_000; count++) {
    const bytes = Uint8Array.from({ length: random() % 80 }, () => (random() % 3 ? random() : random() % 4) & 0xff);
    if (count % 4 === 0 && bytes.length > 18) bytes.set([6, 0, 0xff, 7, count % 8 ? 6 : 0, 0xc0]);
    try {
      readers[count % readers.length]!(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(IpmiError);
    }
  }
});
