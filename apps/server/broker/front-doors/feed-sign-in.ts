import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { type NlaIdentity, nlaIdentity, ntHashStore } from '@atelier/adapters/identity';
import { loadSecretKey } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { acceptSecurity, isSpnegoError, type SecurityContext, tlsServerEndPoint } from '@atelier/spnego';
import { peerAddress } from '../../http/request-context.ts';
import type { Services } from '../../services.ts';

/** Who signed in, or what to answer with 401. */
export type FeedSignIn =
  | { readonly kind: 'signed-in'; readonly userId: string; readonly by: 'password' | 'ntlm' }
  | { readonly kind: 'challenge'; readonly headers: readonly string[]; readonly retryAfterSeconds?: number };

/** NTLM proves a connection, in three messages; what is known of it is forgotten with it. */
interface Logon {
  readonly scheme: 'Negotiate' | 'NTLM';
  readonly context: SecurityContext;
}

const longestToken = 16 * 1024;
const everyScheme = ['Negotiate', 'NTLM', 'Basic realm="Atelier", charset="UTF-8"'];
const challenge = (headers: readonly string[] = everyScheme): FeedSignIn => ({ kind: 'challenge', headers });

/**
 * Sign-in of feed clients by the header `Authorization` (RFC 7617, RFC 4559): the person's password, or NTLM with the NT hash that is kept for it, with
 * the back-off that all doors share.
 */
export async function feedSignIn(
  services: Services,
): Promise<(request: IncomingMessage, correlationId: string) => Promise<FeedSignIn>> {
  const { config, database, people } = services;
  const nla: NlaIdentity = nlaIdentity(database, ntHashStore(await loadSecretKey(config.stateDir)));
  const logons = new WeakMap<Socket, Logon>();

  const byPassword = async (encoded: string, ip: string, correlationId: string): Promise<FeedSignIn> => {
    const text = Buffer.from(encoded, 'base64').toString();
    const colon = text.indexOf(':');
    if (colon < 1) return challenge();
    // Windows' clients write a domain before the name.
    const name = text.slice(0, colon).replace(/^[^\\]*\\/, '');
    try {
      const { id } = await people.checkPassword(name, text.slice(colon + 1), { ip, correlationId });
      return { kind: 'signed-in', userId: id, by: 'password' };
    } catch (error) {
      if (!(error instanceof AtelierError)) throw error;
      const wait = error.extra?.retryAfterSeconds;
      return {
        kind: 'challenge',
        headers: everyScheme,
        ...(typeof wait === 'number' ? { retryAfterSeconds: wait } : {}),
      };
    }
  };

  const begin = (scheme: Logon['scheme'], socket: TLSSocket, ip: string): Logon => {
    const certificate = socket.getCertificate();
    const own = certificate && 'raw' in certificate ? certificate.raw : null;
    return {
      scheme,
      context: acceptSecurity({
        now: Date.now,
        random: (length) => new Uint8Array(randomBytes(length)),
        ntlm: {
          computerName: (hostname().split('.')[0] ?? 'ATELIER').slice(0, 15).toUpperCase(),
          dnsName: hostname(),
          ntHash: ({ user }) => nla.ntHash(user, ip),
        },
        ...(own ? { channelBinding: tlsServerEndPoint(own) } : {}),
      }),
    };
  };

  const byNtlm = async (
    scheme: Logon['scheme'],
    token: string,
    request: IncomingMessage,
    ip: string,
  ): Promise<FeedSignIn> => {
    const socket = request.socket as TLSSocket;
    const known = logons.get(socket);
    logons.delete(socket);
    const logon = known?.scheme === scheme ? known : begin(scheme, socket, ip);
    try {
      const step = await logon.context.step(new Uint8Array(Buffer.from(token, 'base64')));
      if (!step.done) {
        logons.set(socket, logon);
        return challenge(step.token ? [`${scheme} ${Buffer.from(step.token).toString('base64')}`] : everyScheme);
      }
      const user = step.identity && (await nla.accepted(step.identity.user, ip));
      logon.context.close();
      return user ? { kind: 'signed-in', userId: user.id, by: 'ntlm' } : challenge();
    } catch (error) {
      if (!isSpnegoError(error)) throw error;
      return challenge();
    }
  };

  return async (request, correlationId) => {
    const { authorization = '' } = request.headers;
    const [scheme = '', token = ''] = authorization.split(' ', 2);
    if (token === '' || token.length > longestToken) return challenge();
    const ip = peerAddress(request);
    switch (scheme.toLowerCase()) {
      case 'basic':
        return await byPassword(token, ip, correlationId);
      case 'ntlm':
        return await byNtlm('NTLM', token, request, ip);
      case 'negotiate':
        return await byNtlm('Negotiate', token, request, ip);
      default:
        return challenge();
    }
  };
}
