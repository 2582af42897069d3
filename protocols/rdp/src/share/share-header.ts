import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { serverUser } from '../mcs/channel-ids.ts';

/** Low four bits of `pduType` ([MS-RDPBCGR] 2.2.8.1.1.1.1). */
export const sharePdu = { demandActive: 1, confirmActive: 3, deactivateAll: 6, data: 7, redirection: 10 } as const;

/** `pduType2` ([MS-RDPBCGR] 2.2.8.1.1.1.2), those that this package sends or reads. */
export const dataPdu = {
  update: 2,
  control: 20,
  pointer: 27,
  input: 28,
  synchronize: 31,
  refreshRect: 33,
  suppressOutput: 35,
  shutdownRequest: 36,
  shutdownDenied: 37,
  saveSessionInfo: 38,
  fontList: 39,
  fontMap: 40,
  setErrorInfo: 47,
  statusInfo: 54,
} as const;

/** Any number: it names the share between Demand and Confirm Active. */
export const shareId = 0x000103ea;

/** A Share Control PDU: total length, type with version 1, source, content. */
export const sharePduBytes = (type: number, content: Uint8Array): Buffer =>
  new ByteWriter()
    .u16(content.length + 6, 0x10 | type, serverUser)
    .bytes(content)
    .done();

/** A Share Data PDU, uncompressed, in its Share Control header. */
export const dataPduBytes = (type: number, content: Uint8Array): Buffer =>
  sharePduBytes(
    sharePdu.data,
    new ByteWriter()
      .u32(shareId)
      .u8(0, 1)
      .u16(content.length + 4)
      .u8(type, 0)
      .u16(0)
      .bytes(content)
      .done(),
  );

export interface SharePdu {
  readonly type: number;
  readonly content: ByteReader;
}

/** Reads the Share Control header; null for a flow control PDU, which begins with 0x8000 and says nothing to servers. */
export function readSharePdu(bytes: Uint8Array): SharePdu | null {
  const reader = new ByteReader(bytes, 'a share PDU');
  const length = reader.u16();
  if (length === 0x8000) return null;
  if (length < 6) throw reader.wrong(`a length of ${length} is too short`);
  const content = reader.part(length - 2);
  const type = content.u16() & 0xf;
  content.skip(2);
  return { type, content };
}

export interface DataPdu {
  readonly type: number;
  readonly content: ByteReader;
}

/** Reads the rest of the Share Data header. Throws "malformed" for compressed content, which clients may not send. */
export function readDataPdu(content: ByteReader): DataPdu {
  content.skip(8); // share id, pad, stream id, uncompressed length
  const type = content.u8();
  if ((content.u8() & 0x20) !== 0) throw content.wrong('a client may not compress');
  content.skip(2);
  return { type, content };
}
