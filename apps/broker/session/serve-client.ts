import type { TLSSocket } from 'node:tls';
import { newId } from '@atelier/adapters/postgres';
import { createAcceptor } from '@atelier/rdp';
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
import { whoseFault } from './whose-fault.ts';

/** Clients that are refused hang up by themselves. */
const refusedMs = 2000;

/**
 * Serves a client that has no place yet: secures the connection, learns who its user is, and sends it where that user belongs. Resolves when the client
 * is gone. Owns the wire.
 */
export async function serveClient(
  tools: ClientTools,
  connection: OpenedConnection,
  again: ComesAgain | null,
  /** Turned away: an administrator disconnected this client, which came back by itself. It only learns that. */
  welcome: 'taken-in' | 'turned-away' = 'taken-in',
): Promise<void> {
  const { wire, opening, address, place } = connection;
  const { parts, limits } = tools;
  if (wire.destroyed || !place.advance('sign-in')) {
    wire.destroy();
    return;
  }
  const socket = connection.toSocket();
  const correlationId = newId();
  let calledThemselves = opening.request.cookie ?? '';
  const failed = (why: string) =>
    parts.notes.failed({ user: calledThemselves, signedIn: false, address, why, correlationId });
  // A password for one use is nothing that NLA could be proved with.
  const nlaFits = welcome === 'taken-in' && again?.grant.collection.targetSignIn !== 'single-use-password';
  const negotiated = negotiate(opening.request.negotiation, nlaFits && parts.identity.nla !== undefined);
  if (negotiated.kind === 'refused') {
    failed(negotiated.why);
    tools.admission().fault(address);
    socket.end(negotiated.confirm);
    socket.resume();
    // Not after a time without a word: somebody may say one now and then for ever.
    const timer = setTimeout(() => socket.destroy(), refusedMs);
    socket.once('close', () => clearTimeout(timer));
    return;
  }
  let tls: TLSSocket | null = null;
  try {
    socket.write(negotiated.confirm);
    if (opening.rest.length > 0) socket.unshift(opening.rest);
    const signal = AbortSignal.timeout(limits.signInMs);
    const identity = tools.tls();
    tls = await secure(socket, identity, signal);
    const { publicKey } = identity;
    const nla =
      negotiated.kind === 'nla'
        ? await signInByNla(
            tls,
            { ...parts.identity, nla: parts.identity.nla! },
            {
              publicKey,
              ip: address,
              signal,
              tried: (name) => {
                calledThemselves = name;
              },
            },
          )
        : null;
    if (negotiated.kind === 'nla' && !nla) {
      failed('wrong name or password');
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
    const fault = whoseFault(error, [socket.errored, tls?.errored ?? null]);
    if (fault === 'ours') throw error;
    if (fault === 'client') tools.admission().fault(address);
    parts.log.debug({ err: error, address, correlationId }, 'a client did not come through');
  } finally {
    socket.destroy();
  }
}
