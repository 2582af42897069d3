import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { fastifyCookie } from '@fastify/cookie';
import type { Actor } from './handlers.ts';

/** The cookie of a session; the OpenAPI document names it too. */
export const sessionCookie = 'atelier_session';

/** How requests are turned into actors; the capabilities that know sessions, tokens and endpoints give these. */
export interface Credentials {
  /** A session's secret or an API token; undefined when it is unknown, expired, or its user disabled. */
  user(secret: string): Promise<Extract<Actor, { kind: 'user' }> | undefined>;
  /** An endpoint by its certificate, which the own authority signed: DER bytes' SHA-256 (hex) and common name. */
  device(certificate: {
    readonly fingerprint: string;
    readonly commonName: string;
  }): Promise<Extract<Actor, { kind: 'device' }> | undefined>;
}

/** Who calls, and whether the browser sent the credentials by itself (then the origin must be checked). */
export interface Caller {
  readonly actor: Actor;
  readonly byCookie: boolean;
}

const nobody: Caller = { actor: { kind: 'nobody' }, byCookie: false };

function certificateOf(request: IncomingMessage) {
  const socket = request.socket as TLSSocket;
  // `authorized` says that the chain ends at our authority and the dates are right; who it is says the database.
  if (!socket.encrypted || !socket.authorized) return undefined;
  const { fingerprint256, subject } = socket.getPeerCertificate();
  const commonName = subject?.CN;
  if (!fingerprint256 || typeof commonName !== 'string') return undefined;
  return { fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(), commonName };
}

/**
 * Finds out who sent a request: `Authorization: Bearer`, then the session cookie, then the client certificate.
 * A bearer secret that is not good makes the caller nobody, whatever else was sent.
 */
export async function authenticate(request: IncomingMessage, credentials: Credentials): Promise<Caller> {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const secret = /^Bearer ([\w-]{1,200})$/i.exec(authorization)?.[1];
    const user = secret === undefined ? undefined : await credentials.user(secret);
    return user ? { actor: user, byCookie: false } : nobody;
  }
  const session = cookie === undefined ? undefined : fastifyCookie.parse(cookie)[sessionCookie];
  if (session !== undefined && session.length <= 200) {
    const user = await credentials.user(session);
    if (user) return { actor: user, byCookie: true };
  }
  const certificate = certificateOf(request);
  const device = certificate && (await credentials.device(certificate));
  return device ? { actor: device, byCookie: false } : nobody;
}
