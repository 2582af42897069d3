import { apiBase, type ChannelCommand, type ChannelMessage, channelCommand, deviceEndpoints } from '@atelier/api';
import { WebSocket } from 'ws';
import type { Log } from '../log/client-log.ts';
import { backOffMs, wakeableSleep } from './back-off.ts';
import { type Credentials, tlsOptions } from './device-transport.ts';

export interface ChannelParts {
  readonly credentials: () => Credentials;
  /** What is said first on each connection. */
  readonly greeting: () => Promise<readonly ChannelMessage[]>;
  /** Carries a command out, or throws. */
  readonly onCommand: (command: ChannelCommand) => Promise<void>;
  readonly onState: (state: 'connecting' | 'online' | 'offline') => void;
  /** The server refused us: its code, such as `endpoint.revoked`. */
  readonly onRefused: (code: string) => void;
  readonly errorOf: (error: unknown) => { readonly code: string; readonly detail: string };
  readonly log: Log;
}

/** The standing connection to the server: built again whenever it breaks. */
export interface Channel {
  /** Sends when connected, else forgets: the greeting says everything again. */
  send(message: ChannelMessage): void;
  /** Tries at once instead of waiting; a connection that stands is replaced when `fresh` is set. */
  retry(fresh?: boolean): void;
  stop(): Promise<void>;
}

const heartbeatMs = 20_000;
const largestMessage = 16 * 1024 * 1024;

export function startChannel(parts: ChannelParts): Channel {
  const stopped = new AbortController();
  const nap = wakeableSleep();
  let socket: WebSocket | undefined;
  /** Commands that were answered: a server that asks again after a broken connection gets the same answer. */
  const answered = new Map<string, ChannelMessage>();

  const send = (message: ChannelMessage) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const obey = async (text: string) => {
    const parsed = channelCommand.safeParse(JSON.parse(text));
    if (!parsed.success) return parts.log.warn('a command was not understood', { problem: parsed.error.message });
    const { id } = parsed.data;
    let answer = answered.get(id);
    if (!answer) {
      try {
        await parts.onCommand(parsed.data);
        answer = { kind: 'answer', id, ok: true, error: null };
      } catch (error) {
        answer = { kind: 'answer', id, ok: false, error: parts.errorOf(error) };
      }
      answered.set(id, answer);
      if (answered.size > 200) answered.delete(answered.keys().next().value!);
    }
    send(answer);
  };

  const live = (): Promise<boolean> =>
    new Promise((resolve) => {
      const credentials = parts.credentials();
      const url = new URL(apiBase + deviceEndpoints.channel.path, credentials.server);
      url.protocol = url.protocol.replace('http', 'ws');
      const mine = new WebSocket(url, {
        ...tlsOptions(credentials),
        handshakeTimeout: 15_000,
        maxPayload: largestMessage,
        perMessageDeflate: false,
      });
      socket = mine;
      let heard = true;
      let opened = false;
      const heartbeat = setInterval(() => {
        if (!heard) return mine.terminate();
        heard = false;
        if (mine.readyState === WebSocket.OPEN) mine.ping();
      }, heartbeatMs);
      const abort = () => mine.terminate();
      stopped.signal.addEventListener('abort', abort, { once: true });
      mine.on('pong', () => (heard = true));
      mine.on('ping', () => (heard = true));
      mine.on('open', () => {
        opened = true;
        parts.onState('online');
        parts.greeting().then(
          (messages) => messages.forEach(send),
          (error) => parts.log.error('the greeting failed', { error }),
        );
      });
      mine.on('message', (data) => {
        heard = true;
        obey(String(data)).catch((error) => parts.log.warn('a message was not understood', { error }));
      });
      mine.on('unexpected-response', (_, response) => {
        const bits: Buffer[] = [];
        response.on('data', (bit: Buffer) => bits.length < 64 && bits.push(bit));
        response.on('end', () => {
          mine.terminate();
          if (response.statusCode === 401 || response.statusCode === 403) parts.onRefused(codeIn(Buffer.concat(bits)));
        });
      });
      mine.on('error', (error) => parts.log.debug('the channel failed', { problem: error.message }));
      mine.on('close', () => {
        clearInterval(heartbeat);
        stopped.signal.removeEventListener('abort', abort);
        if (socket === mine) socket = undefined;
        resolve(opened);
      });
    });

  const loop = async () => {
    for (let attempt = 1; !stopped.signal.aborted; attempt++) {
      parts.onState('connecting');
      const since = performance.now();
      const opened = await live();
      if (stopped.signal.aborted) return;
      parts.onState('offline');
      // Only a connection that held for a while counts as good: one that is closed at once must not be hammered.
      if (opened && performance.now() - since > 10_000) attempt = 1;
      await nap.sleep(backOffMs(attempt, 1000, 60_000), stopped.signal);
    }
  };
  const done = loop();
  return {
    send,
    retry: (fresh = false) => {
      if (fresh) socket?.close(1000);
      nap.wake();
    },
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

function codeIn(body: Buffer): string {
  try {
    return String(JSON.parse(body.toString('utf8')).code);
  } catch {
    return 'request.failed';
  }
}
