import type { ImageVersion } from '@atelier/api';

type Format = ImageVersion['sourceFormat'];

/** The disk's format by its first bytes (QEMU's magic numbers), else by the file's ending; raw when nothing fits. */
export function diskFormatOf(head: Uint8Array, fileName: string): Format {
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  if (text(0, 4) === 'QFI\xfb') return 'qcow2';
  if (text(0, 4) === 'KDMV' || text(0, 21) === '# Disk DescriptorFile') return 'vmdk';
  if (text(0, 8) === 'vhdxfile') return 'vhdx';
  if (text(0, 8) === 'conectix') return 'vpc';
  const ending = fileName.toLowerCase().split('.').at(-1);
  if (ending === 'vhd') return 'vpc';
  return ending === 'qcow2' || ending === 'vmdk' || ending === 'vhdx' ? ending : 'raw';
}
