import { decodeEncryptedBody, encodeEncryptedBody, type HttpBody } from '@atelier/spnego';
import type { TlsTunnel } from './tls-tunnel.ts';

/** Plain bytes of one part: what one record of TLS holds. */
const partBytes = 16 * 1024;
/** Where the first part of a record ends does not matter to those who read it: they put both together. */
const trailerBytes = 16;

/** Opens and seals bodies of HTTP. Throws when they were changed. */
export interface TunnelSealing {
  open(sealed: HttpBody): Promise<HttpBody>;
  seal(plain: HttpBody): Promise<HttpBody>;
}

/** Bodies go through the TLS of the logon, 16 KB at a time. Both sides do the same (MS-WSMV 2.2.9.1). */
export function tunnelSealing(tunnel: TlsTunnel): TunnelSealing {
  return {
    open: async (sealed) => {
      const { parts } = decodeEncryptedBody(sealed);
      const plains: Buffer[] = [];
      for (const one of parts) {
        const { plain } = await tunnel.feed(Buffer.concat([one.header, one.data]), one.length);
        if (plain.length !== one.length) throw new Error('an encrypted body is not as long as it says');
        plains.push(plain);
      }
      return { contentType: parts[0]!.contentType, body: Buffer.concat(plains) };
    },
    seal: async (plain): Promise<HttpBody> => {
      const parts = [];
      for (let at = 0; at < plain.body.length || at === 0; at += partBytes) {
        const piece = plain.body.subarray(at, at + partBytes);
        const wire = await tunnel.wrap(piece);
        const [header, data] = [wire.subarray(0, trailerBytes), wire.subarray(trailerBytes)];
        parts.push({ contentType: plain.contentType, length: piece.length, header, data });
      }
      return encodeEncryptedBody('CredSSP', parts);
    },
  };
}
