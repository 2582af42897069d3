import type { IncomingMessage } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import { requirePermission } from './access.ts';
import type { Actor, RequestContext } from './handlers.ts';
import { readIfMatch } from './revision.ts';

/** The address of the peer, IPv4 in its plain form; empty when the connection is gone, with which Node drops the socket. */
export const peerAddress = (request: IncomingMessage): string =>
  ((request.socket as IncomingMessage['socket'] | null)?.remoteAddress ?? '').replace(/^::ffff:(?=\d)/, '');

const cookieOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

/** Builds what a handler gets beside its input. `headers` collects the cookies to set. */
export function requestContext(given: {
  readonly request: IncomingMessage;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly signal: AbortSignal;
  readonly content: boolean;
  readonly setCookieHeader: (value: string) => void;
  /** Told of the error when the actor lacks a permission that a handler asks for. */
  readonly refused: (error: unknown) => void;
}): RequestContext {
  const { request, actor } = given;
  const length = Number(request.headers['content-length']);
  return {
    actor,
    correlationId: given.correlationId,
    ip: peerAddress(request),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
    signal: given.signal,
    ifMatch: readIfMatch(request.headers['if-match']),
    require: (permission, object) => {
      try {
        requirePermission(actor, permission, object);
      } catch (error) {
        given.refused(error);
        throw error;
      }
    },
    content: given.content ? request : undefined,
    contentLength: given.content && Number.isSafeInteger(length) ? length : undefined,
    setCookie: (name, value, { maxAgeSeconds }) =>
      given.setCookieHeader(fastifyCookie.serialize(name, value, { ...cookieOptions, maxAge: maxAgeSeconds })),
    clearCookie: (name) => given.setCookieHeader(fastifyCookie.serialize(name, '', { ...cookieOptions, maxAge: 0 })),
  };
}
