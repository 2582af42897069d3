import { ByteWriter, hexBytes } from '../byte-writer.ts';
import { ber, berInteger } from './ber.ts';
import { ioChannel } from './channel-ids.ts';
import { perLength } from './per.ts';

export interface ServerData {
  /** `requestedProtocols` of the client's negotiation, null when it sent none. */
  readonly requestedProtocols: number | null;
  /** Ids of the client's static virtual channels, in its order. */
  readonly channels: readonly number[];
  readonly skipChannelJoin: boolean;
}

/**
 * MCS Connect Response with GCC Conference Create Response ([MS-RDPBCGR] 2.2.1.4): RDP 5, no encryption of RDP's own (TLS does it),
 * the I/O channel and the virtual channels' ids.
 */
export function writeConnectResponse(data: ServerData): Buffer {
  const blocks = new ByteWriter().bytes(core(data)).bytes(net(data)).bytes(security).done();
  const conference = new ByteWriter()
    .bytes(conferenceCreateResponse)
    .bytes(perLength(blocks.length))
    .bytes(blocks)
    .done();
  const content = Buffer.concat([ber(0x0a, Buffer.of(0)), berInteger(0), domainParameters, ber(0x04, conference)]);
  return ber(0x7f66, content);
}

/**
 * T.124 object key, length of the connect PDU, Conference Create Response with key "McDn" ([MS-RDPBCGR] 4.1.4). The length is the 0x2a of Windows and
 * of the specification's example whatever follows: rdesktop counts on its one octet, and nobody reads it.
 */
const conferenceCreateResponse = hexBytes('000500147c0001 2a 14760a01010001c0004d63446e');

/** maxChannelIds, maxUserIds, maxTokenIds, numPriorities, minThroughput, maxHeight, maxMCSPDUsize, protocolVersion (T.125). */
const domainParameters = ber(0x30, Buffer.concat([34, 3, 0, 1, 0, 1, 0xfff8, 2].map(berInteger)));

/** TS_UD_SC_CORE: version 5.0 to 8.1. */
const core = (data: ServerData): Buffer =>
  new ByteWriter()
    .u16(0x0c01, 16)
    .u32(0x00080004, data.requestedProtocols ?? 0, data.skipChannelJoin ? 8 : 0)
    .done();

/** TS_UD_SC_SEC1: no method, no level. */
const security = new ByteWriter().u16(0x0c02, 12).u32(0, 0).done();

/** TS_UD_SC_NET, padded to whole groups of four bytes. */
function net(data: ServerData): Buffer {
  const ids = new ByteWriter().u16(ioChannel, data.channels.length, ...data.channels);
  if (data.channels.length % 2 === 1) ids.u16(0);
  return new ByteWriter()
    .u16(0x0c03, ids.length + 4)
    .bytes(ids.done())
    .done();
}
