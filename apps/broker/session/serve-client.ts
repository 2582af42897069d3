import { newId } from '@atelier/adapters/postgres';
import { createAcceptor, isRdpError } from '@atelier/rdp';
import { isSpnegoError } from '@atelier/spnego';
import type { OpenedConnection } from '../listener/listener.ts';
import { negotiate } from '../sign-in/negotiate.ts';
import { signInByNla } from '../sign-in/nla.ts';
import { secure } from '../sign-in/secure.ts';
import { anticipate } from './anticipate.ts';
import { ClientChannel } from './client-channel.ts';
import type { ClientTools, ComesAgain } from './client-context.ts';
import { sayDisconnected } from './say-disconnected.ts';
import { signInClient } from './sign-in-client.ts';
import { takeToPlace } from './take-to-place.ts';

/**
 * Serves a client that has no place yet: secures the connection, learns who its user is, and sends it where that user belongs. Resolves when the client
 * is gone. Owns the socket.
 */
export async function serveClient(
  tools: ClientTools,
  connection: OpenedConnection,
  again: ComesAgain | null,
  /** Turned away: an administrator disconnected this client, which came back by itself. It only learns that. */
  welcome: 'taken-in' | 'turned-away' = 'taken-in',
): Promise<void> {
  const { socket, opening, address, place } = connection;
  const { parts, limits } = tools;
  if (!place.advance('sign-in')) {
    socket.destroy();
    return;
  }
  const correlationId = newId();
  // A password for one use is nothing that NLA could be proved with.
  const nlaFits = welcome === 'taken-in' && again?.grant.collection.targetSignIn !== 'single-use-password';
  const negotiated = negotiate(opening.request.negotiation, nlaFits && parts.identity.nla !== undefined);
  if (negotiated.kind === 'refused') {
    parts.notes.failed({ user: opening.request.cookie ?? '', address, why: negotiated.why, correlationId });
    socket.end(negotiated.confirm);
    socket.setTimeout(2000, () => socket.destroy()).resume();
    return;
  }
  try {
    socket.write(negotiated.confirm);
    if (opening.rest.length > 0) socket.unshift(opening.rest);
    const signal = AbortSignal.timeout(limits.signInMs);
    const identity = tools.tls();
    const tls = await secure(socket, identity, signal);
    const { publicKey } = identity;
    const nla =
      negotiated.kind === 'nla'
        ? await signInByNla(tls, { ...parts.identity, nla: parts.identity.nla! }, { publicKey, ip: address, signal })
        : null;
    if (negotiated.kind === 'nla' && !nla) {
      parts.notes.failed({ user: opening.request.cookie ?? '', address, why: 'wrong name or password', correlationId });
      tls.destroy();
      return;
    }
    if (nla) anticipate(tools, nla.user.id);
    const acceptor = createAcceptor({ requestedProtocols: opening.request.negotiation?.protocols ?? null });
    const channel = new ClientChannel(tls, acceptor, nla?.surplus ?? new Uint8Array());
    try {
      const { data } = await channel.wait('client-data', signal);
      const { info } = await channel.wait('client-info', signal);
      if (welcome === 'turned-away') return await sayDisconnected(channel, data);
      const client = { connection, channel, data, info, correlationId, again };
      const signedIn = await signInClient(tools, client, nla);
      if (signedIn) await takeToPlace(tools, client, signedIn);
    } finally {
      channel.destroy();
    }
  } catch (error) {
    if (isRdpError(error) || isSpnegoError(error)) tools.admission().fault(address);
    else if (!isHangUp(error)) throw error;
    parts.log.debug({ err: error, address, correlationId }, 'a client did not come through');
  } finally {
    socket.destroy();
  }
}

/** What is no fault of ours: the client went away or was too slow. */
const isHangUp = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || hangUps.has(error.message));
const hangUps = new Set(['the client hung up', 'tls was not established', 'the client hung up during nla']);
