import type { DiskFormat } from './disk-info.ts';

/** How much of a file's start is looked at. */
export const diskHeadBytes = 1024 * 1024;

/** What the first bytes of a file say that it is. Anything unknown is raw: a disk may begin with any bytes. */
export function detectDiskFormat(head: Buffer): DiskFormat {
  if (head.length >= 4 && head.readUInt32BE(0) === 0x514649fb) return 'qcow2';
  const text = head.toString('latin1', 0, 32);
  if (text.startsWith('KDMV') || text.startsWith('COWD') || text.startsWith('# Disk DescriptorFile')) return 'vmdk';
  if (text.startsWith('vhdxfile')) return 'vhdx';
  if (text.startsWith('conectix')) return 'vpc';
  return 'raw';
}

/**
 * Why a disk from outside must not be opened: it would make qemu-img open other files of this machine.
 * Looks at the headers itself, since opening the disk is what is dangerous. Undefined when it stands alone.
 */
export function foreignReference(format: DiskFormat, head: Buffer): string | undefined {
  if (format === 'qcow2') return foreignInQcow2(head);
  if (format === 'vmdk') return foreignInVmdk(head);
  // disk type 4: differencing (Virtual Hard Disk Image Format Specification, "Hard Disk Footer Format")
  if (format === 'vpc' && head.length >= 64 && head.readUInt32BE(60) === 4) return 'it is a differencing disk';
  return undefined;
}

/** QEMU docs/interop/qcow2.txt, "Header": backing file at 8, incompatible features at 72 (bit 2: external data file). */
function foreignInQcow2(head: Buffer): string | undefined {
  // too short, or none at all: qemu-img says so
  if (head.length < 72 || detectDiskFormat(head) !== 'qcow2') return undefined;
  if (head.readBigUInt64BE(8) !== 0n) return 'it has a backing file';
  if (head.readUInt32BE(4) >= 3 && head.length >= 80 && (head.readBigUInt64BE(72) & 4n) !== 0n) {
    return 'its data lies in an external file';
  }
  return undefined;
}

/** VMware Virtual Disk Format 5.0, "Hosted Sparse Extents": capacity at 12, descriptor's place and length (sectors) at 28 and 36. */
function foreignInVmdk(head: Buffer): string | undefined {
  if (!head.toString('latin1', 0, 4).startsWith('KDMV')) return 'its extents lie in other files';
  if (head.length < 44) return undefined;
  // without a capacity of its own it is read as a mere list of extents
  if (head.readBigUInt64LE(12) === 0n) return 'its extents lie in other files';
  const at = Number(head.readBigUInt64LE(28)) * 512;
  const length = Number(head.readBigUInt64LE(36)) * 512;
  if (at === 0) return undefined;
  if (at + length > head.length) return 'its descriptor lies beyond the start of the file';
  const descriptor = head.toString('latin1', at, at + length).split('\0', 1)[0]!;
  const parent = /^\s*parentCID\s*=\s*([0-9a-f]+)/im.exec(descriptor)?.[1];
  if ((parent && !/^f{8}$/i.test(parent)) || /^\s*parentFileNameHint/im.test(descriptor)) return 'it has a parent disk';
  const type = /^\s*createType\s*=\s*"([^"]*)"/im.exec(descriptor)?.[1];
  if (type !== undefined && !['monolithicSparse', 'streamOptimized'].includes(type)) {
    return `its extents lie in other files (${type.slice(0, 40)})`;
  }
  return undefined;
}
