import { ByteReader } from '../byte-reader.ts';
import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';
import type { AutoReconnectCookie, ClientInfo, ClientTimeZone, ExtendedInfo } from './client-info.ts';
import { infoFlag } from './info-flag.ts';

const securityInfo = 0x40;

/** Reads the Client Info PDU with its security header ([MS-RDPBCGR] 2.2.1.11). Throws `RdpError`. */
export function readClientInfo(bytes: Uint8Array): ClientInfo {
  const reader = new ByteReader(bytes, 'the Client Info PDU');
  if ((reader.u16() & securityInfo) === 0) throw new RdpError('out-of-order', 'a Client Info PDU is due');
  reader.skip(2);
  reader.skip(4); // code page, or the input method's locale
  const flags = reader.u32();
  const unicode = (flags & infoFlag.unicode) !== 0;
  const lengths = Array.from({ length: 5 }, () => reader.u16());
  if (lengths.some((length) => length > rdpLimits.infoText))
    throw new RdpError('limits', 'a text of the Client Info PDU is too long');
  const nul = unicode ? 2 : 1;
  const [domain, userName, password, alternateShell, workingDir] = lengths.map((length) =>
    unicode ? reader.utf16(length + nul) : reader.ansi(length + nul),
  ) as [string, string, string, string, string];
  return {
    flags,
    domain,
    userName,
    password,
    autoLogon: (flags & infoFlag.autoLogon) !== 0,
    alternateShell,
    workingDir,
    extended: reader.left >= 4 ? readExtended(reader) : null,
  };
}

/** TS_EXTENDED_INFO_PACKET: fields may be missing from any on. */
function readExtended(reader: ByteReader): ExtendedInfo {
  reader.skip(2); // address family
  const clientAddress = shortText(reader);
  const clientDir = reader.left >= 2 ? shortText(reader) : '';
  const timeZone = reader.left >= 172 ? readTimeZone(reader) : null;
  if (reader.left >= 4) reader.skip(4); // client session id
  const performanceFlags = reader.left >= 4 ? reader.u32() : null;
  const cookie = reader.left >= 2 ? reader.part(reader.u16()) : null;
  const autoReconnect = cookie && cookie.left >= 28 ? readCookie(cookie) : null;
  return { clientAddress, clientDir, timeZone, performanceFlags, autoReconnect };
}

function shortText(reader: ByteReader): string {
  const length = reader.u16();
  if (length > rdpLimits.infoText) throw new RdpError('limits', 'a text of the Client Info PDU is too long');
  return reader.utf16(length);
}

/** TS_TIME_ZONE_INFORMATION ([MS-RDPBCGR] 2.2.1.11.1.1.1.1). */
function readTimeZone(reader: ByteReader): ClientTimeZone {
  const bias = reader.i32();
  const standardName = reader.utf16(64);
  reader.skip(16);
  const standardBias = reader.i32();
  const daylightName = reader.utf16(64);
  reader.skip(16);
  return { bias, standardName, standardBias, daylightName, daylightBias: reader.i32() };
}

function readCookie(cookie: ByteReader): AutoReconnectCookie {
  cookie.skip(8); // its length and version
  return { logonId: cookie.u32(), securityVerifier: new Uint8Array(cookie.bytes(16)) };
}
