/** The management controller as the machine's firmware describes it (SMBIOS type 38, DSP0134 §7.39). */
export interface SmbiosIpmiDevice {
  readonly interface: 'unknown' | 'KCS' | 'SMIC' | 'BT' | 'SSIF';
  /** E.g. `2.0`. */
  readonly specification: string;
  /** Address on the I2C bus, as it is written: shifted by one. */
  readonly i2cAddress: number;
  readonly baseAddress: bigint;
  readonly ioSpace: boolean;
  readonly registerSpacing: 1 | 4 | 16;
  /** null when it has none. */
  readonly interrupt: number | null;
}

const interfaces = ['unknown', 'KCS', 'SMIC', 'BT', 'SSIF'] as const;
const spacings = [1, 4, 16, 1] as const;

/**
 * Finds the first structure of type 38 in an SMBIOS table (`/sys/firmware/dmi/tables/DMI`). null when the machine has no controller or the
 * table is broken before it: foreign firmware is no reason to fail.
 */
export function findIpmiDevice(table: Uint8Array): SmbiosIpmiDevice | null {
  const bytes = Buffer.from(table.buffer, table.byteOffset, table.byteLength);
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes[at + 1]!;
    if (length < 4 || at + length > bytes.length) return null;
    if (bytes[at] === 38 && length >= 16) return readDevice(bytes.subarray(at, at + length));
    const strings = bytes.indexOf('\0\0', at + length, 'latin1');
    if (strings < 0) return null;
    at = strings + 2;
  }
  return null;
}

function readDevice(bytes: Buffer): SmbiosIpmiDevice {
  const base = bytes.readBigUInt64LE(8);
  const modifier = bytes.length > 16 ? bytes[16]! : 0;
  const irq = bytes.length > 17 ? bytes[17]! : 0;
  const ioSpace = (base & 1n) === 1n;
  const low = modifier & 0x10 ? 1n : 0n;
  return {
    interface: interfaces[bytes[4]!] ?? 'unknown',
    specification: `${bytes[5]! >> 4}.${bytes[5]! & 0x0f}`,
    i2cAddress: bytes[6]!,
    baseAddress: (base & ~1n) | low,
    ioSpace,
    registerSpacing: spacings[modifier >> 6]!,
    interrupt: modifier & 0x08 && irq ? irq : null,
  };
}
