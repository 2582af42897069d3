import { expect, test } from 'vitest';
import { detectDiskFormat, foreignReference } from './foreign-reference.ts';

function qcow2(fields: { version?: number; backingAt?: bigint; incompatible?: bigint } = {}): Buffer {
  const head = Buffer.alloc(512);
  head.writeUInt32BE(0x514649fb, 0);
  head.writeUInt32BE(fields.version ?? 3, 4);
  head.writeBigUInt64BE(fields.backingAt ?? 0n, 8);
  head.writeBigUInt64BE(fields.incompatible ?? 0n, 72);
  return head;
}

function vmdk(descriptor: string, fields: { capacity?: bigint; at?: bigint } = {}): Buffer {
  const head = Buffer.alloc(4096);
  head.write('KDMV');
  head.writeBigUInt64LE(fields.capacity ?? 2048n, 12);
  head.writeBigUInt64LE(fields.at ?? 1n, 28);
  head.writeBigUInt64LE(4n, 36);
  head.write(descriptor, 512);
  return head;
}

test('formats are told by their first bytes, anything else is raw', () => {
  expect(detectDiskFormat(qcow2())).toBe('qcow2');
  expect(detectDiskFormat(vmdk(''))).toBe('vmdk');
  expect(detectDiskFormat(Buffer.from('# Disk DescriptorFile\nversion=1'))).toBe('vmdk');
  expect(detectDiskFormat(Buffer.from('vhdxfile'))).toBe('vhdx');
  expect(detectDiskFormat(Buffer.from('conectix'))).toBe('vpc');
  expect(detectDiskFormat(Buffer.alloc(512))).toBe('raw');
  expect(detectDiskFormat(Buffer.alloc(0))).toBe('raw');
});

test('a qcow2 may have neither a backing file nor an external data file', () => {
  expect(foreignReference('qcow2', qcow2())).toBeUndefined();
  expect(foreignReference('qcow2', qcow2({ backingAt: 0x200n }))).toBe('it has a backing file');
  expect(foreignReference('qcow2', qcow2({ incompatible: 4n }))).toBe('its data lies in an external file');
  expect(foreignReference('qcow2', qcow2({ incompatible: 1n }))).toBeUndefined();
  // in version 2 those bytes are no features
  expect(foreignReference('qcow2', qcow2({ version: 2, incompatible: 4n }))).toBeUndefined();
});

test('a vmdk must hold its own extents and have no parent', () => {
  const own = 'createType="monolithicSparse"\nparentCID=ffffffff\nRW 2048 SPARSE "disk.vmdk"\n';
  expect(foreignReference('vmdk', vmdk(own))).toBeUndefined();
  expect(foreignReference('vmdk', vmdk(own.replace('ffffffff', '12345678')))).toBe('it has a parent disk');
  expect(foreignReference('vmdk', vmdk(`${own}parentFileNameHint="/etc/shadow"`))).toBe('it has a parent disk');
  expect(foreignReference('vmdk', vmdk('createType="monolithicFlat"'))).toContain('in other files');
  expect(foreignReference('vmdk', vmdk(own, { capacity: 0n }))).toContain('in other files');
  expect(foreignReference('vmdk', vmdk(own, { at: 2n ** 40n }))).toContain('beyond the start');
  expect(foreignReference('vmdk', Buffer.from('# Disk DescriptorFile'))).toContain('in other files');
});

test('a differencing vhd has a parent', () => {
  const footer = Buffer.alloc(512);
  footer.write('conectix');
  footer.writeUInt32BE(3, 60);
  expect(foreignReference('vpc', footer)).toBeUndefined();
  footer.writeUInt32BE(4, 60);
  expect(foreignReference('vpc', footer)).toBe('it is a differencing disk');
});

test('heads of any length are looked at without falling over', () => {
  for (const head of [qcow2(), vmdk('x')]) {
    for (let length = 0; length < 100; length++) {
      const cut = head.subarray(0, length);
      expect(() => foreignReference(detectDiskFormat(cut), cut)).not.toThrow();
    }
  }
});
