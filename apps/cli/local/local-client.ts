import { join } from 'node:path';
import { type ClientOf, clientOf, fillPath, type LocalStatus, localEndpoints } from '@atelier/api';
import { jsonTransport, openHttp } from '../connection/https-transport.ts';
import { followEvents } from '../connection/server-sent-events.ts';
import { clientStateFolder, readClientNote, stateFolder } from '../connection/state-folder.ts';

/** The client daemon of this computer. */
export interface LocalClient {
  readonly api: ClientOf<typeof localEndpoints>;
  /** The whole status at each change, the first at once. Ends when the daemon does. */
  watch(signal: AbortSignal): AsyncGenerator<LocalStatus>;
  close(): void;
}

/** The daemon's socket: ATELIER_CLIENT_SOCKET, else where a running daemon said it is, else its usual place. */
export const clientSocket = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  env.ATELIER_CLIENT_SOCKET || readClientNote(stateFolder(env))?.socket || join(clientStateFolder(env), 'client.sock');

/** Opens requests to the daemon. Nothing is sent yet. */
export function openLocalClient(socketPath: string = clientSocket()): LocalClient {
  const http = openHttp({ address: { socketPath }, idleMs: 120_000 });
  return {
    api: clientOf(localEndpoints, jsonTransport(http.open)),
    async *watch(signal) {
      for await (const { event, data } of followEvents(http.open, fillPath('/watch'), signal))
        if (event === 'status') yield JSON.parse(data) as LocalStatus;
    },
    close: http.close,
  };
}
