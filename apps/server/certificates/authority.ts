import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';
import { AtelierError } from '@atelier/domain/errors';
import { ownHostName } from '../config.ts';
import type { Authority } from '../services.ts';
import { managerCertificates, managerSubject } from './manager-certificate.ts';
import { days, newKeyPair, privateKeyPem, signing, x509 } from './x509.ts';

const missing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
};

/** Serial numbers: 127 random bits, positive. */
const serial = (): string => {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
};

/** A clock that runs a little slow elsewhere must not make a new certificate "not yet valid". */
const validity = (length: number) => ({
  notBefore: new Date(Date.now() - 10 * 60 * 1000),
  notAfter: new Date(Date.now() + length),
});

const importKey = async (pem: string): Promise<CryptoKey> => {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return (await webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ])) as CryptoKey;
};

async function selfSign(keyPem: string): Promise<string> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, SubjectKeyIdentifierExtension, ...lib } =
    await x509();
  const spki = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  const publicKey = (await webcrypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'verify',
  ])) as CryptoKey;
  const certificate = await lib.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=Atelier authority ${randomBytes(4).toString('hex')}`,
    ...validity(days(20 * 365)),
    signingAlgorithm: signing,
    keys: { privateKey: await importKey(keyPem), publicKey },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** Reads the key, or makes it; then the certificate in the same way. Killed in between, the next start goes on from there. */
async function readOrMake(folder: string): Promise<{ keyPem: string; ca: string }> {
  const keyPath = join(folder, 'ca.key');
  const caPath = join(folder, 'ca.pem');
  let keyPem = await readFile(keyPath, 'utf8').catch(missing);
  let ca = await readFile(caPath, 'utf8').catch(missing);
  if (keyPem === undefined && ca !== undefined)
    throw new Error(`${keyPath} is missing while ${caPath} is there: put the key back from a backup`);
  if (keyPem === undefined) {
    keyPem = await privateKeyPem((await newKeyPair()).privateKey);
    await writeDurably(keyPath, keyPem);
  }
  if (ca === undefined) {
    ca = await selfSign(keyPem);
    await writeDurably(caPath, ca);
  }
  if (!new X509Certificate(ca).checkPrivateKey(createPrivateKey(keyPem)))
    throw new Error(`${keyPath} is not the key of ${caPath}: put both back from one backup`);
  return { keyPem, ca };
}

/**
 * "Remote Desktop Authentication", and nothing else: a host's certificate that holds the brokers' names must not pass for a web server of the same name,
 * such as this one.
 */
const remoteDesktopUsage = '1.3.6.1.4.1.311.54.1.2';

const badRequest = (detail: string, cause?: unknown) => new AtelierError('request.invalid', detail, { cause });

async function publicKeyOf(csr: string) {
  const { Pkcs10CertificateRequest } = await x509();
  const request = (() => {
    try {
      return new Pkcs10CertificateRequest(csr);
    } catch (error) {
      throw badRequest('the certificate signing request cannot be read', error);
    }
  })();
  const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string };
  const good = name === 'Ed25519' || (name === 'ECDSA' && (namedCurve === 'P-256' || namedCurve === 'P-384'));
  if (!good) throw badRequest('the key of the signing request is not ECDSA P-256, ECDSA P-384 or Ed25519');
  if (!(await request.verify().catch(() => false)))
    throw badRequest('the signing request is not signed by its own key');
  return request.publicKey;
}

/** How a host's certificate says whose it is, whatever it is called later. */
const hostUri = (hostId: string): string => `urn:atelier:host:${hostId.toLowerCase()}`;

/** The host that a certificate of ours was made for, by its alternative names as Node writes them; null when it is no host's. */
export function hostIdOf(alternativeNames: string | undefined): string | null {
  const found = (alternativeNames ?? '')
    .split(', ')
    .flatMap((one) => /^URI:urn:atelier:host:([0-9a-z]{26})$/.exec(one)?.[1] ?? []);
  return found.length === 1 ? found[0]!.toUpperCase() : null;
}

/** The certificate, when this authority made it for the host and it is good now; else null. */
function hostCertificate(pem: string, ca: string, hostId: string): X509Certificate | null {
  try {
    const certificate = new X509Certificate(pem);
    const ours = certificate.verify(new X509Certificate(ca).publicKey);
    const names = (certificate.subjectAltName ?? '').split(', ');
    const lasts = certificate.validToDate.getTime() > Date.now();
    return ours && lasts && names.includes(`URI:${hostUri(hostId)}`) ? certificate : null;
  } catch {
    // What cannot be read is none of ours.
    return null;
  }
}

/**
 * Opens the server's own certificate authority in `folder` (`ca.key`, `ca.pem`); makes it at the first start.
 *
 * @throws Error when key and certificate do not belong together, or only one of them was restored
 */
export async function openAuthority(folder: string): Promise<Authority> {
  const { keyPem, ca } = await readOrMake(folder);
  const issue = async (
    subject: string,
    publicKey: CryptoKey | Awaited<ReturnType<typeof publicKeyOf>>,
    length: number,
    usages: readonly ('serverAuth' | 'clientAuth' | 'codeSigning' | 'remoteDesktop')[],
    names: readonly { type: 'dns' | 'ip' | 'url'; value: string }[],
  ): Promise<string> => {
    const lib = await x509();
    const root = new lib.X509Certificate(ca);
    const certificate = await lib.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: root.subjectName,
      ...validity(length),
      publicKey,
      signingKey: await importKey(keyPem),
      signingAlgorithm: signing,
      extensions: [
        new lib.BasicConstraintsExtension(false, undefined, true),
        new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
        new lib.ExtendedKeyUsageExtension(
          usages.map((usage) => (usage === 'remoteDesktop' ? remoteDesktopUsage : lib.ExtendedKeyUsage[usage])),
        ),
        await lib.AuthorityKeyIdentifierExtension.create(root.publicKey),
        ...(names.length > 0 ? [new lib.SubjectAlternativeNameExtension([...names])] : []),
      ],
    });
    return `${certificate.toString('pem')}\n`;
  };
  const altName = (value: string) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value });
  const signHost = (key: Awaited<ReturnType<typeof publicKeyOf>>, hostId: string, names: readonly string[]) =>
    issue(
      `CN=${names[0]}`,
      key,
      days(365),
      // The agent listens with it, and shows it when it brings its events.
      ['serverAuth', 'clientAuth'],
      [...names.map(altName), { type: 'url' as const, value: hostUri(hostId) }],
    );
  const manager = managerCertificates((publicKey) => issue(managerSubject, publicKey, days(2), ['clientAuth'], []));
  return {
    ca,
    managerSubject,
    manager,
    async signHost(csr, hostId, names) {
      return await signHost(await publicKeyOf(csr), hostId, names);
    },
    async renewHost(certificate, csr, hostId, names) {
      const key = await publicKeyOf(csr);
      const known = hostCertificate(certificate, ca, hostId);
      const knownKey = known?.publicKey.export({ type: 'spki', format: 'der' });
      return knownKey?.equals(Buffer.from(key.rawData)) ? await signHost(key, hostId, names) : null;
    },
    signServer: (publicKey, names, addresses) =>
      issue(
        `CN=${names[0]}`,
        publicKey,
        days(90),
        ['serverAuth'],
        [
          ...names.map((value) => ({ type: 'dns' as const, value })),
          ...addresses.map((value) => ({ type: 'ip' as const, value })),
        ],
      ),
    signDesktop: async (csr, [first, ...others]) =>
      issue(
        first.length <= 64 ? `CN=${first}` : '',
        await publicKeyOf(csr),
        days(90),
        ['remoteDesktop'],
        [first, ...others].map(altName),
      ),
    signPublisher: (publicKey) => issue(`CN=${ownHostName()}`, publicKey, days(365), ['codeSigning'], []),
    async signDevice(csr, endpointId) {
      // an endpoint also serves its peers; without any name in it the certificate can pass for no host's
      const usages = ['clientAuth', 'serverAuth'] as const;
      const certificate = await issue(`CN=${endpointId}`, await publicKeyOf(csr), days(365), usages, []);
      const parsed = new X509Certificate(certificate);
      return {
        certificate,
        fingerprint: parsed.fingerprint256.replaceAll(':', '').toLowerCase(),
        expiresAt: new Date(parsed.validTo),
      };
    },
  };
}
