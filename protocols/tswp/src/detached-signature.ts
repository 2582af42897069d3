import { context, der, readDer, tag } from '@atelier/asn1';

/** Who signs: an RSA key (what every Windows client verifies) with its certificate. */
export interface Signer {
  /** DER of the signer's certificate and of those that lead to its authority, the signer's first. */
  readonly certificates: readonly Uint8Array[];
  /** RSASSA-PKCS1-v1_5 with SHA-256 over the given bytes. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array;
}

const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsaEncryption: '1.2.840.113549.1.1.1',
} as const;
const nothing = Uint8Array.of(tag.null, 0);
const algorithm = (oid: string): Uint8Array => der.sequence(der.objectIdentifier(oid), nothing);

/** Issuer and serial number of a certificate, as their own DER (RFC 5280 4.1). */
function issuerAndSerial(certificate: Uint8Array): Uint8Array {
  return readDer(certificate, (outer) => {
    const fields = outer.inside(tag.sequence).inside(tag.sequence);
    if (fields.peek() === context(0)) fields.element();
    const serial = fields.element();
    fields.element(); // the algorithm
    const issuer = fields.element();
    return der.sequence(issuer, serial);
  });
}

/**
 * A detached PKCS #7 signature (RFC 2315 9.1, RFC 5652 5.1) over `content`, without signed attributes, as `.rdp` files carry it.
 *
 * @returns DER of the ContentInfo
 */
export async function signDetached(content: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const [own] = signer.certificates;
  if (!own) throw new RangeError('a signature needs the certificate of its signer');
  const signature = await signer.sign(content);
  const signerInfo = der.sequence(
    der.integer(1),
    issuerAndSerial(own),
    algorithm(oids.sha256),
    algorithm(oids.rsaEncryption),
    der.octetString(signature),
  );
  const signedData = der.sequence(
    der.integer(1),
    der.element(tag.set, algorithm(oids.sha256)),
    der.sequence(der.objectIdentifier(oids.data)),
    der.element(context(0), ...signer.certificates),
    der.element(tag.set, signerInfo),
  );
  return der.sequence(der.objectIdentifier(oids.signedData), der.explicit(0, signedData));
}
