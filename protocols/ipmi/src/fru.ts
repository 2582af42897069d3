import { atLeast, readTypedText } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';

/** What a field replaceable unit says of itself (IPMI Platform Management FRU 1.0). Every text may be ''. */
export interface FruInventory {
  readonly chassis: { readonly type: number; readonly partNumber: string; readonly serialNumber: string } | null;
  readonly board: {
    /** Milliseconds since 1970, null when not said. */
    readonly madeAt: number | null;
    readonly manufacturer: string;
    readonly product: string;
    readonly serialNumber: string;
    readonly partNumber: string;
  } | null;
  readonly product: {
    readonly manufacturer: string;
    readonly name: string;
    readonly partNumber: string;
    readonly version: string;
    readonly serialNumber: string;
    readonly assetTag: string;
  } | null;
}

const storage = 0x0a;

export const getFruInfo = (fruId: number): IpmiCommand => ({
  netFn: storage,
  command: 0x10,
  data: Uint8Array.of(fruId),
});

/** Size of the area in bytes; some parts count in words, which doubles every offset. */
export function readFruInfo(data: Uint8Array): { readonly size: number; readonly words: boolean } {
  const bytes = atLeast(data, 3, 'Get FRU Inventory Area Info');
  return { size: bytes.readUInt16LE(0), words: (bytes[2]! & 1) === 1 };
}

export const readFruData = (fruId: number, offset: number, count: number): IpmiCommand => ({
  netFn: storage,
  command: 0x11,
  data: Uint8Array.of(fruId, offset & 0xff, offset >> 8, count),
});

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0);

/** The area's bytes, or null when there is none or its checksum is wrong: one bad area must not hide the others. */
function area(bytes: Buffer, headerByte: number): Buffer | null {
  const start = bytes[headerByte]! * 8;
  if (start === 0 || start + 8 > bytes.length) return null;
  const end = start + bytes[start + 1]! * 8;
  const found = bytes.subarray(start, end);
  return end <= bytes.length && found.length >= 8 && sum(found) === 0 ? found : null;
}

/** The texts of an area from `at` on, up to its end mark. */
function texts(bytes: Buffer, at: number): string[] {
  const found: string[] = [];
  let next = at;
  while (next < bytes.length - 1 && bytes[next] !== 0xc1) {
    const kind = bytes[next]!;
    const end = next + 1 + (kind & 0x3f);
    if (end > bytes.length) break;
    found.push(readTypedText(kind >> 6, bytes.subarray(next + 1, end)));
    next = end;
  }
  return found;
}

const firstMinute = Date.UTC(1996, 0, 1);

function readBoard(bytes: Buffer): FruInventory['board'] {
  const minutes = bytes.readUIntLE(3, 3);
  const [manufacturer = '', product = '', serialNumber = '', partNumber = ''] = texts(bytes, 6);
  const madeAt = minutes === 0 ? null : firstMinute + minutes * 60_000;
  return { madeAt, manufacturer, product, serialNumber, partNumber };
}

/** Reads a whole inventory area. Throws `IpmiError` "malformed" when it is shorter than its header; areas with a wrong checksum are null. */
export function readFruInventory(data: Uint8Array): FruInventory {
  const bytes = atLeast(data, 8, 'a FRU inventory');
  if ((bytes[0]! & 0x0f) !== 1 || sum(bytes.subarray(0, 8)) !== 0) return { chassis: null, board: null, product: null };
  const chassis = area(bytes, 2);
  const board = area(bytes, 3);
  const product = area(bytes, 4);
  const [partNumber = '', serialNumber = ''] = chassis ? texts(chassis, 3) : [];
  const named = product ? texts(product, 3) : [];
  return {
    chassis: chassis && { type: chassis[2]!, partNumber, serialNumber },
    board: board && readBoard(board),
    product: product && {
      manufacturer: named[0] ?? '',
      name: named[1] ?? '',
      partNumber: named[2] ?? '',
      version: named[3] ?? '',
      serialNumber: named[4] ?? '',
      assetTag: named[5] ?? '',
    },
  };
}
