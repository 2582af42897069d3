const sectorBytes = 512;
const bootCodeBytes = 440;

/** The one partition of the sample, in bytes from the start of the disk. */
export interface Partition {
  readonly offset: number;
  readonly size: number;
}

/**
 * The first sector of a disk: GRUB's boot code, a disk signature, and a table with one active Linux partition.
 * Layout: boot code 0–439, signature 440–443, four entries of 16 bytes from 446, 0x55 0xAA at 510 (UEFI 2.10, section 5.2.1).
 */
export function masterBootRecord(bootCode: Uint8Array, partition: Partition, signature: number): Buffer {
  if (bootCode.length !== sectorBytes)
    throw new Error(`the boot code has ${bootCode.length} bytes, not ${sectorBytes}`);
  const sector = Buffer.alloc(sectorBytes);
  sector.set(bootCode.subarray(0, bootCodeBytes));
  sector.writeUInt32LE(signature, 440);
  sector[446] = 0x80;
  sector.fill(0xff, 447, 450); // first CHS address: beyond what CHS can say
  sector[450] = 0x83;
  sector.fill(0xff, 451, 454);
  sector.writeUInt32LE(partition.offset / sectorBytes, 454);
  sector.writeUInt32LE(partition.size / sectorBytes, 458);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
