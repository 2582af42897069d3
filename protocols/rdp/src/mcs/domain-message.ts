import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { writeTpkt } from '../opening/tpkt.ts';
import { serverUser } from './channel-ids.ts';
import { perLength, readPerLength } from './per.ts';

/** What a client says on MCS level (T.125 §11, in aligned PER). */
export type DomainMessage =
  | { readonly kind: 'erect-domain' }
  | { readonly kind: 'attach-user' }
  | { readonly kind: 'channel-join'; readonly user: number; readonly channel: number }
  | { readonly kind: 'data'; readonly user: number; readonly channel: number; readonly data: Uint8Array }
  /** Reasons: 0 domain disconnected, 1 provider initiated, 2 token purged, 3 user requested, 4 channel purged. */
  | { readonly kind: 'disconnect'; readonly reason: number };

const lowestUser = 1001;

/** Reads one message behind its TPKT and X.224 headers. Throws `RdpError`. */
export function readDomainMessage(bytes: Uint8Array): DomainMessage {
  const reader = new ByteReader(bytes, 'an MCS message');
  const first = reader.u8();
  switch (first >> 2) {
    case 1:
      return { kind: 'erect-domain' };
    case 8:
      return { kind: 'disconnect', reason: ((first & 3) << 1) | (reader.u8() >> 7) };
    case 10:
      return { kind: 'attach-user' };
    case 14:
      return { kind: 'channel-join', user: reader.u16be() + lowestUser, channel: reader.u16be() };
    case 25: {
      const user = reader.u16be() + lowestUser;
      const channel = reader.u16be();
      reader.skip(1); // priority and segmentation: RDP never segments.
      return { kind: 'data', user, channel, data: reader.bytes(readPerLength(reader)) };
    }
    default:
      throw reader.wrong(`kind ${first >> 2} is not for servers`);
  }
}

/** The payload in an X.224 data TPDU in a TPKT. */
export const writeX224Data = (payload: Uint8Array): Buffer =>
  writeTpkt(new ByteWriter().u8(2, 0xf0, 0x80).bytes(payload).done());

/** Attach User Confirm: success ([MS-RDPBCGR] 2.2.1.7). */
export const attachUserConfirm = (user: number): Buffer =>
  writeX224Data(
    new ByteWriter()
      .u8(0x2e, 0)
      .u16be(user - lowestUser)
      .done(),
  );

/** Channel Join Confirm: success ([MS-RDPBCGR] 2.2.1.9). */
export const channelJoinConfirm = (user: number, channel: number): Buffer =>
  writeX224Data(
    new ByteWriter()
      .u8(0x3e, 0)
      .u16be(user - lowestUser, channel, channel)
      .done(),
  );

/** Data for the client (Send Data Indication). Throws "limits" above 16,383 bytes. */
export const sendData = (channel: number, data: Uint8Array): Buffer =>
  writeX224Data(
    new ByteWriter()
      .u8(0x68)
      .u16be(serverUser - lowestUser, channel)
      .u8(0x70)
      .bytes(perLength(data.length))
      .bytes(data)
      .done(),
  );

/** Disconnect Provider Ultimatum ([MS-RDPBCGR] 2.2.2.3): user requested, which clients do not take for an error of the network. */
export const disconnectProviderUltimatum = (reason = 3): Buffer =>
  writeX224Data(Buffer.of(0x20 | (reason >> 1), (reason & 1) << 7));
