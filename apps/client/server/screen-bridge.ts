import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { deviceEndpoints, fillPath } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { createWebSocketStream, WebSocket } from 'ws';
import { type Credentials, tlsOptions } from './device-transport.ts';

/**
 * Joins the screen of a workspace (VNC bytes) with the server's end of it, until either side ends.
 * Resolves once both are connected; throws `client.server-unreachable` when the server does not take it.
 */
export async function bridgeScreen(credentials: Credentials, screenId: string, vnc: Duplex): Promise<void> {
  const url = new URL(fillPath(deviceEndpoints.screen.path, { screenId }), credentials.server);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, { ...tlsOptions(credentials), handshakeTimeout: 15_000, perMessageDeflate: false });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      vnc.once('close', () => reject(new Error('the screen was closed')));
    });
  } catch (cause) {
    socket.on('error', () => undefined);
    socket.terminate();
    vnc.destroy();
    throw new AtelierError('client.server-unreachable', 'the server does not take the screen', { cause });
  }
  // Streams give back-pressure: a slow viewer slows the guest's screen, not the memory of this computer.
  const remote = createWebSocketStream(socket, { highWaterMark: 256 * 1024 });
  const ended = Promise.all([pipeline(vnc, remote), pipeline(remote, vnc)]);
  ended
    .catch(() => undefined)
    .finally(() => {
      vnc.destroy();
      socket.terminate();
    });
}
