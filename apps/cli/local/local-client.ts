import { type ClientOf, clientOf, fillPath, type LocalStatus, localEndpoints } from '@atelier/api';
import { jsonTransport, openHttp } from '../connection/https-transport.ts';
import { followEvents } from '../connection/server-sent-events.ts';
import { clientSocketPath } from '../connection/state-folder.ts';

/** The client daemon of this computer. */
export interface LocalClient {
  readonly api: ClientOf<typeof localEndpoints>;
  /** The whole status at each change, the first at once. Ends when the daemon does. */
  watch(signal: AbortSignal): AsyncGenerator<LocalStatus>;
  close(): void;
}

/** Opens requests to the daemon. Nothing is sent yet. */
export function openLocalClient(socketPath: string = clientSocketPath()): LocalClient {
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
