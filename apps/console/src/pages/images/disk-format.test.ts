import { expect, it } from 'vitest';
import { diskFormatOf } from './disk-format.ts';

const head = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

it('knows a disk by its first bytes, whatever its name says', () => {
  expect(diskFormatOf(head('QFI\xfb\0\0\0\x03'), 'disk.raw')).toBe('qcow2');
  expect(diskFormatOf(head('KDMV'), 'disk')).toBe('vmdk');
  expect(diskFormatOf(head('vhdxfile'), 'disk')).toBe('vhdx');
  expect(diskFormatOf(head('conectix'), 'disk')).toBe('vpc');
});

it('falls back on the name, then on raw', () => {
  expect(diskFormatOf(head(''), 'old.VHD')).toBe('vpc');
  expect(diskFormatOf(head('\0\0\0\0'), 'disk.img')).toBe('raw');
});
