import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

const elementCertificate = 32;
const encodingDer = 1;

/** TARGET_CERTIFICATE_CONTAINER ([MS-RDPBCGR] 2.2.13.1.2) with one certificate in DER. */
export const certificateContainer = (der: Uint8Array): Buffer =>
  new ByteWriter().u32(elementCertificate, encodingDer, der.length).bytes(der).done();

/** The first certificate of a container; throws `RdpError`. */
export function readCertificateContainer(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, 'the target certificate');
  while (reader.left > 0) {
    const type = reader.u32();
    const encoding = reader.u32();
    const content = reader.bytes(reader.u32());
    if (type === elementCertificate && encoding === encodingDer) return new Uint8Array(content);
  }
  throw reader.wrong('it holds no certificate in DER');
}
