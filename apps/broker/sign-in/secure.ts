import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TlsIdentity } from './tls-identity.ts';

/** Begins TLS on a socket that is paused. Rejects when the handshake fails, the client hangs up, or `signal` aborts. */
export function secure(
  socket: Socket,
  identity: TlsIdentity,
  signal: AbortSignal,
  /** Ask the client for a certificate; whose it is, and whether it is good, is for the caller to judge. */
  { requestCertificate = false } = {},
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = new TLSSocket(socket, {
      isServer: true,
      secureContext: identity.context,
      ...(requestCertificate ? { requestCert: true, rejectUnauthorized: false } : {}),
    });
    const settle = () => {
      signal.removeEventListener('abort', onAbort);
      tls.off('secure', onSecure).off('close', onClose).off('end', onEnd);
      socket.off('end', onEnd);
    };
    const onSecure = () => {
      settle();
      resolve(tls);
    };
    let cause: unknown;
    const onClose = () => {
      settle();
      reject(new Error('tls was not established', { cause }));
    };
    // The socket may stay half open: a client that says its last before TLS is there would be waited for.
    const onEnd = () => tls.destroy();
    const onAbort = () => {
      settle();
      tls.destroy();
      reject(signal.reason);
    };
    tls.on('error', (error) => {
      cause = error;
    });
    tls.on('secure', onSecure).on('close', onClose).on('end', onEnd);
    // The client's last may have been read before TLS had the socket, while its token was looked up: TLS does not hear of that.
    socket.on('end', onEnd);
    if (socket.readableEnded) onEnd();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
