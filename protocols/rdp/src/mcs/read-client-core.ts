import type { ByteReader } from '../byte-reader.ts';
import type { ClientCore } from './client-data.ts';

const early = { errorInfo: 0x1, want32: 0x2, statusInfo: 0x4, skipChannelJoin: 0x800 } as const;

/** The `version` of RDP 10.0 clients. */
const version10 = 0x0008_0005;

/** `RNS_UD_COLOR_*` of the two older fields. */
const olderDepths: Readonly<Record<number, number>> = { 51712: 4, 51713: 8, 51714: 15, 51715: 16, 51716: 24 };

/** Reads TS_UD_CS_CORE ([MS-RDPBCGR] 2.2.1.3.2); everything behind the IME name may be missing, from any field on. */
export function readClientCore(part: ByteReader): ClientCore {
  const version = part.u32();
  const desktopWidth = part.u16();
  const desktopHeight = part.u16();
  const oldest = part.u16();
  part.skip(2); // SASSequence
  const keyboardLayout = part.u32();
  const clientBuild = part.u32();
  const clientName = part.utf16(32);
  const keyboardType = part.u32();
  part.skip(4 + 4 + 64); // subtype, function keys, IME file
  const older = optional(part, 2, () => part.u16());
  optional(part, 6, () => part.skip(6)); // product id, serial number
  const high = optional(part, 2, () => part.u16());
  optional(part, 2, () => part.skip(2)); // supported depths
  const earlyCapabilities = optional(part, 2, () => part.u16()) ?? 0;
  optional(part, 64, () => part.skip(64)); // digital product id
  const connectionType = optional(part, 2, () => part.u16() & 0xff) ?? 0;
  const serverSelectedProtocol = optional(part, 4, () => part.u32());
  optional(part, 10, () => part.skip(10)); // physical size, orientation
  const scale = optional(part, 4, () => part.u32()) ?? 100;
  return {
    version,
    desktopWidth,
    desktopHeight,
    keyboardLayout,
    keyboardType,
    clientBuild,
    clientName,
    colorDepth: (earlyCapabilities & early.want32) !== 0 ? 32 : (high ?? olderDepths[older ?? oldest] ?? 8),
    earlyCapabilities,
    skipsChannelJoin: (earlyCapabilities & early.skipChannelJoin) !== 0,
    // FreeRDP 3 leaves the bit out, and knows the message, as does every client of these versions.
    supportsErrorInfo: (earlyCapabilities & early.errorInfo) !== 0 || version >= version10,
    supportsStatusInfo: (earlyCapabilities & early.statusInfo) !== 0,
    connectionType,
    serverSelectedProtocol,
    desktopScaleFactor: scale >= 100 && scale <= 500 ? scale : 100,
  };
}

const optional = <Value>(part: ByteReader, length: number, read: () => Value): Value | null =>
  part.left >= length ? read() : null;
