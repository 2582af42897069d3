import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { type ClientOf, clientOf, hostEndpoints, ProblemError, type Transport } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';

const patience = 30_000;
const largestAnswer = 1024 * 1024;

const silent = (server: URL, cause: unknown) =>
  new AtelierError(
    'host.server-unreachable',
    `${server.host} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

/**
 * Asks a server for its certificates and gives the authority (PEM) among them whose SHA-256 is `fingerprint`. Nothing is told to the server here;
 * the next connection trusts this authority only. @throws AtelierError `host.server-mismatch`, `host.server-unreachable`
 */
export async function findAuthority(server: URL, fingerprint: string, signal?: AbortSignal): Promise<string> {
  const shown = await shownCertificates(server, signal);
  const found = shown.find((der) => createHash('sha256').update(der).digest('hex') === fingerprint);
  if (!found)
    throw new AtelierError(
      'host.server-mismatch',
      `none of the ${shown.length} certificates that ${server.host} shows has the fingerprint in the token`,
    );
  return new X509Certificate(found).toString();
}

function shownCertificates(server: URL, signal?: AbortSignal): Promise<Buffer[]> {
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const servername = /^[\d.]+$|:/.test(host) ? '' : host;
  const end = AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]);
  return new Promise((resolve, reject) => {
    // Who it is cannot be checked yet: that is what the fingerprint is for.
    const socket = connect({ host, port: Number(server.port || 443), servername, rejectUnauthorized: false });
    const fail = (cause: unknown) => {
      socket.destroy();
      reject(silent(server, cause));
    };
    const abort = () => fail(end.reason);
    end.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('close', () => end.removeEventListener('abort', abort));
    socket.once('secureConnect', () => {
      const chain: Buffer[] = [];
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (next?.raw && chain.length < 10 && !chain.some((one) => one.equals(next!.raw))) {
        chain.push(next.raw);
        next = next.issuerCertificate;
      }
      socket.destroy();
      resolve(chain);
    });
  });
}

/** The server's problem as an error with the server's code; other errors as they are. */
export const asAtelierError = (error: unknown): unknown =>
  error instanceof ProblemError
    ? new AtelierError(error.problem.code, error.message, { cause: error, extra: error.problem.extra })
    : error;

/** What the agent asks of a management server, whose certificate must be by `ca`. Errors are the server's problems, or `host.server-unreachable`. */
export function serverLink(server: URL, ca: string): ClientOf<Pick<typeof hostEndpoints, 'enroll' | 'renew'>> {
  const transport: Transport = ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const end = AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]);
      const content = Buffer.from(String(body ?? ''));
      const options = { method, ca, agent: false, signal: end, minVersion: 'TLSv1.2' } as const;
      const sent = request(
        new URL(path, server),
        { ...options, headers: { ...headers, 'content-length': content.length } },
        (answer) => {
          let size = 0;
          answer.on('data', (part: Buffer) => {
            size += part.length;
            if (size > largestAnswer) answer.destroy(new Error('the answer is too large'));
          });
          const read = json(answer);
          // Whoever does not look at the body must not be ended by it.
          read.catch(() => undefined);
          resolve({
            status: answer.statusCode ?? 0,
            headers: { get: (name) => String(answer.headers[name.toLowerCase()] ?? '') || null },
            json: () => read,
          });
        },
      );
      sent.once('error', (cause) => reject(silent(server, cause)));
      sent.end(content);
    });
  const { enroll, renew } = hostEndpoints;
  return clientOf({ enroll, renew }, transport);
}
