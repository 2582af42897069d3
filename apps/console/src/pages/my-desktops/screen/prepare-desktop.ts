import { contract, fillPath, type PrepareMessage, prepareMessage } from '@atelier/api';
import type { Size } from './picture-size.ts';

const socketUrl = (path: string): string => location.origin.replace(/^http/, 'ws') + path;

/** Where IronRDP connects to; `keyboard` is the id of a layout. */
export const screenUrl = (collection: string, keyboard: number): string =>
  socketUrl(fillPath(contract.myDesktops.screen.path, { collection }, { keyboard }));

/**
 * Has the desktop found and started. `tell` gets what happens meanwhile, in words. Rejects when the connection cannot be made; `signal` cancels the start.
 */
export function prepareDesktop(
  collection: string,
  size: Size,
  tell: (status: string) => void,
  signal: AbortSignal,
): Promise<Exclude<PrepareMessage, { kind: 'status' }>> {
  return new Promise((resolve, reject) => {
    const query = { width: String(size.width), height: String(size.height) };
    const socket = new WebSocket(socketUrl(fillPath(contract.myDesktops.prepare.path, { collection }, query)));
    signal.addEventListener('abort', () => socket.close(), { once: true });
    socket.addEventListener('message', ({ data }) => {
      const message = prepareMessage.safeParse(JSON.parse(String(data)));
      if (!message.success) return;
      if (message.data.kind === 'status') tell(message.data.text);
      else resolve(message.data);
    });
    socket.addEventListener('close', () => reject(new Error('the connection was closed')));
  });
}
