import { expect, test } from 'vitest';
import { masterBootRecord } from './master-boot-record.ts';

const bootCode = Buffer.alloc(512, 0x90);

test('boot code, signature, one active Linux partition, nothing else', () => {
  const sector = masterBootRecord(bootCode, { offset: 1024 ** 2, size: 2047 * 1024 ** 2 }, 0x41544c52);
  expect(sector.subarray(0, 440).every((byte) => byte === 0x90)).toBe(true);
  expect(sector.readUInt32LE(440)).toBe(0x41544c52);
  expect([sector[446], sector[450]]).toEqual([0x80, 0x83]);
  expect([sector.readUInt32LE(454), sector.readUInt32LE(458)]).toEqual([2048, 2047 * 2048]);
  expect(sector.subarray(462, 510).every((byte) => byte === 0)).toBe(true);
  expect(sector.readUInt16BE(510)).toBe(0x55aa);
});

test('boot code of another length is refused', () => {
  expect(() => masterBootRecord(Buffer.alloc(511), { offset: 1024 ** 2, size: 512 }, 1)).toThrow('511 bytes');
});
