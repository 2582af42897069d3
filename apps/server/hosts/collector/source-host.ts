import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { hostIdOf } from '../../certificates/authority.ts';

/** The host that shows its certificate, by this server's authority; null for everybody else. Whether it is still registered says the database. */
export function sourceHost(request: IncomingMessage): string | null {
  const socket = request.socket as TLSSocket;
  if (!socket.encrypted || !socket.authorized) return null;
  return hostIdOf(socket.getPeerCertificate()?.subjectaltname);
}
