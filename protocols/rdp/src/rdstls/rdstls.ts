import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';
import { type RdstlsResult, rdstlsResult } from './rdstls-result.ts';

/**
 * How a client hands over what a redirection with an encrypted password gave it, after TLS and before MCS ([MS-RDPBCGR] 2.2.17, 5.4.5.3). The
 * server speaks first (`writeRdstlsCapabilities`), the client answers with its capabilities, then with this.
 */
export type RdstlsRequest =
  | { readonly kind: 'capabilities' }
  | {
      readonly kind: 'password';
      /** The redirection's GUID, which tells what redirection the client follows: FreeRDP gives it as it stood there, in base64 and UTF-16. */
      readonly redirectionGuid: Uint8Array;
      readonly userName: string;
      readonly domain: string;
      /** The redirection's encrypted password, as it was given. */
      readonly password: Uint8Array;
    }
  | { readonly kind: 'auto-reconnect'; readonly sessionId: number; readonly cookie: Uint8Array };

const version = 1;
const pdu = { capabilities: 1, request: 2, response: 4 } as const;

/** What a server says first: version 1 is the only one. */
export const writeRdstlsCapabilities = (): Buffer => new ByteWriter().u16(version, pdu.capabilities, 1, version).done();

/** The server's verdict; after any other than success the connection ends. */
export const writeRdstlsResponse = (result: RdstlsResult): Buffer =>
  new ByteWriter().u16(version, pdu.response, 1).u32(rdstlsResult[result]).done();

/**
 * Reads the message at the front of what a client sent so far; null while it is not whole. `length` is how many bytes it has: MCS follows
 * in the same stream. Throws `RdpError`.
 */
export function readRdstlsRequest(
  bytes: Uint8Array,
): { readonly request: RdstlsRequest; readonly length: number } | null {
  const reader = new ByteReader(bytes, 'an RDSTLS message');
  try {
    const request = readRequest(reader);
    return { request, length: reader.at };
  } catch (error) {
    if (!(error instanceof RdpError) || error.reason !== 'truncated') throw error;
    if (bytes.length > rdpLimits.rdstls)
      throw new RdpError('limits', 'an RDSTLS message is too long', { cause: error });
    return null;
  }
}

function readRequest(reader: ByteReader): RdstlsRequest {
  if (reader.u16() !== version) throw reader.wrong('its version is unknown');
  const type = reader.u16();
  const data = reader.u16();
  if (type === pdu.capabilities && data === 1) {
    if ((reader.u16() & version) === 0)
      throw new RdpError('unsupported', 'the client knows no version of RDSTLS of ours');
    return { kind: 'capabilities' };
  }
  if (type !== pdu.request) throw new RdpError('out-of-order', `an RDSTLS message of kind ${type} is not for servers`);
  if (data === 1)
    return {
      kind: 'password',
      redirectionGuid: sized(reader),
      userName: sizedText(reader),
      domain: sizedText(reader),
      password: sized(reader),
    };
  if (data === 2) return { kind: 'auto-reconnect', sessionId: reader.u32(), cookie: sized(reader) };
  throw reader.wrong(`credentials of kind ${data} are unknown`);
}

const sized = (reader: ByteReader): Uint8Array => new Uint8Array(reader.bytes(reader.u16()));

const sizedText = (reader: ByteReader): string => reader.utf16(reader.u16());
