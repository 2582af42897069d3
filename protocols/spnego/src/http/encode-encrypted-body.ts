import { join } from '../crypto/hashes.ts';
import { type EncryptedPart, type EncryptionProtocol, type HttpBody, protocolType } from './encrypted-body.ts';

const boundary = 'Encrypted Boundary';
const end = Buffer.from(`--${boundary}--\r\n`, 'latin1');

/**
 * Writes a body of encrypted parts as WinRM does (MS-WSMV §2.2.9.1): each part is a heading, then a length of the header in
 * 32 bits, header and data. More than one part, which only CredSSP has, makes it `multipart/x-multi-encrypted`.
 */
export function encodeEncryptedBody(protocol: EncryptionProtocol, parts: readonly EncryptedPart[]): HttpBody {
  const type = protocolType(protocol);
  const pieces = parts.flatMap((part) => {
    const heading = [
      `--${boundary}`,
      `\tContent-Type: ${type}`,
      `\tOriginalContent: type=${part.contentType};Length=${part.length}`,
      `--${boundary}`,
      '\tContent-Type: application/octet-stream',
      '',
    ].join('\r\n');
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, part.header.length, true);
    return [Buffer.from(heading, 'latin1'), length, part.header, part.data];
  });
  const kind = parts.length > 1 ? 'x-multi-encrypted' : 'encrypted';
  return {
    contentType: `multipart/${kind};protocol="${type}";boundary="${boundary}"`,
    body: join(...pieces, end),
  };
}
