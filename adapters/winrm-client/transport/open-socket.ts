import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Credentials, Target, Trust } from '../connection-options.ts';
import { winrmError } from '../errors.ts';

/** A connection to a host, before any HTTP. */
export interface OpenSocket {
  readonly socket: Socket;
  /** The host's certificate in DER, null without TLS. */
  readonly certificate: Uint8Array | null;
}

const plainFingerprint = (text: string): string => text.replace(/[^0-9a-f]/gi, '').toLowerCase();

function checkCertificate(socket: TLSSocket, target: Target, trust: Trust): Uint8Array {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) throw winrmError('winrm.certificate', 'the host showed no certificate');
  if (trust.fingerprint !== undefined) {
    if (plainFingerprint(certificate.fingerprint256) !== plainFingerprint(trust.fingerprint))
      throw winrmError('winrm.certificate', `the certificate of ${target.host} is not the pinned one`);
    return certificate.raw;
  }
  if (!socket.authorized && !trust.skipAuthority)
    throw winrmError('winrm.certificate', `${target.host}: ${String(socket.authorizationError)}`);
  const wrong = trust.skipName ? undefined : checkServerIdentity(target.host, socket.getPeerCertificate());
  if (wrong) throw winrmError('winrm.certificate', `the certificate is not for ${target.host}`, wrong);
  return certificate.raw;
}

/**
 * Connects, and with TLS makes sure whom to, before a byte of a request is written.
 * Throws `winrm.unreachable`, `winrm.certificate`, `winrm.timeout`, or the signal's reason.
 */
export async function openSocket(
  target: Target,
  trust: Trust,
  credentials: Credentials,
  timeout: number,
  signal: AbortSignal,
): Promise<OpenSocket> {
  signal.throwIfAborted();
  const place = { host: target.host, port: target.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const own = credentials.kind === 'certificate' ? { cert: credentials.certificate, key: credentials.key } : {};
  const name = isIP(target.host) ? {} : { servername: target.host };
  const socket = target.tls
    ? connectTls({ ...place, ...own, ...name, ca: trust.authorities, rejectUnauthorized: false, minVersion: 'TLSv1.2' })
    : connect(place);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(
    () => reject(winrmError('winrm.timeout', `no connection to ${target.host}:${target.port} within ${timeout} ms`)),
    timeout,
  );
  const aborted = () => reject(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  socket.once('error', (cause) =>
    reject(winrmError('winrm.unreachable', `${target.host}:${target.port}: ${cause.message}`, cause)),
  );
  socket.once(target.tls ? 'secureConnect' : 'connect', resolve);
  try {
    await promise;
    const certificate = target.tls ? checkCertificate(socket as TLSSocket, target, trust) : null;
    return { socket, certificate };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', aborted);
  }
}
