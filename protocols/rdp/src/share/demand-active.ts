import { ByteWriter } from '../byte-writer.ts';
import { serverUser } from '../mcs/channel-ids.ts';
import { shareId, sharePdu, sharePduBytes } from './share-header.ts';

/** The desktop that the server offers. */
export interface Desktop {
  readonly width: number;
  readonly height: number;
  /** 15, 16, 24 or 32. */
  readonly colorDepth: number;
}

/** Numbers of capability sets ([MS-RDPBCGR] 2.2.1.13.1.1.1). */
export const capability = {
  general: 1,
  bitmap: 2,
  order: 3,
  pointer: 8,
  share: 9,
  input: 13,
  font: 14,
  virtualChannel: 20,
  multifragment: 26,
  largePointer: 27,
} as const;

/** `extraFlags` of the general set. */
export const generalFlag = { fastPathOutput: 0x1, longCredentials: 0x4, noBitmapHeader: 0x400 } as const;

/** `drawingFlags` of the bitmap set: 32-bit bitmaps may come without their alpha plane. */
export const skipAlpha = 0x8;

/** The Demand Active PDU ([MS-RDPBCGR] 2.2.1.13.1): bitmaps and no drawing orders, all that a picture with a form needs. */
export function writeDemandActive(desktop: Desktop): Buffer {
  const sets = [
    set(capability.share, new ByteWriter().u16(serverUser, 0)),
    set(capability.general, general()),
    set(capability.bitmap, bitmap(desktop)),
    set(capability.order, order()),
    set(capability.pointer, new ByteWriter().u16(1, 25, 25)),
    set(capability.input, input()),
    set(capability.font, new ByteWriter().u16(1, 0)),
    set(capability.virtualChannel, new ByteWriter().u32(0, 1600)),
  ];
  const combined = Buffer.concat(sets);
  const content = new ByteWriter()
    .u32(shareId)
    .u16(4, combined.length + 4)
    .ascii('RDP\0')
    .u16(sets.length, 0)
    .bytes(combined)
    .u32(0); // session id
  return sharePduBytes(sharePdu.demandActive, content.done());
}

const set = (type: number, content: ByteWriter): Buffer =>
  new ByteWriter()
    .u16(type, content.length + 4)
    .bytes(content.done())
    .done();

function general(): ByteWriter {
  const flags = generalFlag.fastPathOutput | generalFlag.longCredentials | generalFlag.noBitmapHeader;
  // OS Windows NT, protocol 2.0, …, refresh rectangles and suppress output are understood.
  return new ByteWriter().u16(1, 3, 0x0200, 0, 0, flags, 0, 0, 0).u8(1, 1);
}

function bitmap(desktop: Desktop): ByteWriter {
  return new ByteWriter()
    .u16(desktop.colorDepth, 1, 1, 1, desktop.width, desktop.height, 0, 1, 1)
    .u8(0, skipAlpha)
    .u16(1, 0);
}

/** No order is supported; the flags are those that must be set. */
function order(): ByteWriter {
  return new ByteWriter().zeros(20).u16(1, 20, 0, 1, 0, 0x000a).zeros(32).u16(0, 0).u32(0, 0).u16(0, 0, 0, 0);
}

/** Scan codes, extended mouse, fast-path input (both), Unicode. */
function input(): ByteWriter {
  return new ByteWriter().u16(0x1 | 0x4 | 0x8 | 0x10 | 0x20, 0).zeros(80);
}
