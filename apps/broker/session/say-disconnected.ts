import type { ClientData } from '@atelier/rdp';
import type { ClientChannel } from './client-channel.ts';
import { LobbyScreen } from './lobby-screen.ts';
import { messageView, words } from './words.ts';

const why = 'rpcInitiatedDisconnect';
const openMs = 20_000;
const readMs = 30_000;

/**
 * Tells a client that came back by itself why it may not. A client that is refused before it has a desktop tries again and again; one that loses a desktop
 * gives up when it was told that an administrator did it (FreeRDP's `client_auto_reconnect`). FreeRDP 2 may lose it at once, over channels that it has open
 * since before, so it is told first. Nothing is shown that needs a sign-in.
 */
export async function sayDisconnected(channel: ClientChannel, data: ClientData): Promise<void> {
  const screen = await LobbyScreen.open(channel, data, '', AbortSignal.timeout(openMs), why);
  screen.show(messageView(words.disconnected, words.disconnectedHow));
  await screen.decision(AbortSignal.timeout(readMs)).catch(() => undefined);
  await channel.end(channel.acceptor.fail(why));
}
