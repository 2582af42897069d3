import { open } from 'node:fs/promises';

export type DiskFormat = 'raw' | 'qcow2' | 'vmdk' | 'vhdx' | 'vpc';

/** A disk file's format by its first bytes: never by its name, which anybody can give. The server checks again. */
export async function diskFormatOf(path: string): Promise<DiskFormat> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    const start = buffer.toString('latin1');
    if (start.startsWith('QFI\xfb')) return 'qcow2';
    if (start.startsWith('KDMV') || start.startsWith('# Disk Descript')) return 'vmdk';
    if (start.startsWith('vhdxfile')) return 'vhdx';
    if (start.startsWith('conectix')) return 'vpc';
    return 'raw';
  } finally {
    await file.close();
  }
}
