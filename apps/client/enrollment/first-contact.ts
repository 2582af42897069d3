import { createHash, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { AtelierError } from '@atelier/domain/errors';

/**
 * Asks a server for its certificates and gives the authority (PEM) among them whose SHA-256 is `fingerprint`.
 * Nothing is sent to the server here. The caller trusts only this authority from then on, and so the next connection
 * proves that the server has a certificate by it.
 *
 * @throws AtelierError `client.fingerprint-mismatch` or `client.server-unreachable`
 */
export async function findAuthority(server: URL, fingerprint: string, signal: AbortSignal): Promise<string> {
  const shown = await shownCertificates(server, signal);
  const found = shown.find((der) => createHash('sha256').update(der).digest('hex') === fingerprint);
  if (!found)
    throw new AtelierError(
      'client.fingerprint-mismatch',
      `${server.host} shows ${shown.length} certificates, none of them has the fingerprint in the token`,
    );
  return new X509Certificate(found).toString();
}

function shownCertificates(server: URL, signal: AbortSignal): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const host = server.hostname.replace(/^\[|\]$/g, '');
    const port = Number(server.port || 443);
    // Who it is cannot be checked yet: that is what the fingerprint is for.
    const servername = /^[\d.]+$|:/.test(host) ? '' : host;
    const socket = connect({ host, port, servername, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    const fail = (cause: unknown) => {
      socket.destroy();
      const detail = `${server.host} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`;
      reject(new AtelierError('client.server-unreachable', detail, { cause }));
    };
    const abort = () => fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(10_000, () => fail(new Error('no answer for 10 seconds')));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const chain: Buffer[] = [];
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (next?.raw && chain.length < 10 && !chain.some((one) => one.equals(next!.raw))) {
        chain.push(next.raw);
        next = next.issuerCertificate;
      }
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(chain);
    });
  });
}
