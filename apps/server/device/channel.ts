import { channelMessage, type InstanceReport } from '@atelier/api';
import type { RawData, WebSocket } from 'ws';
import type { Services } from '../services.ts';
import type { Channel, ChannelHub } from './channel-hub.ts';
import type { Presence } from './presence.ts';
import { storeReport } from './store-report.ts';

/** Largest message of an endpoint in bytes: a thousand instances fit. */
export const largestMessage = 2 * 1024 * 1024;
const signOfLifeMs = 30_000;

/** Serves one endpoint's channel until it closes: messages up, state into the database. */
export function serveChannel(
  services: Services,
  hub: ChannelHub,
  here: Presence,
  socket: WebSocket,
  endpointId: string,
  ip: string,
): void {
  const { log } = services;
  const channel = hub.add(endpointId, socket);
  const trouble = (error: unknown) => {
    log.error({ err: error, endpoint: endpointId }, 'the state of an endpoint could not be stored');
    // It reconnects and says everything again: nothing is lost by it.
    socket.close(1011);
  };

  // Before anything else is written: the row says whose channel it is.
  const begun = here.arrived(channel, ip).then((welcome) => {
    if (!welcome) channel.close('revoked');
  });
  begun.catch(trouble);
  const store = newestOnly(async (reports: readonly InstanceReport[]) => {
    await begun;
    if (hub.get(endpointId) === channel) await storeReport(services, endpointId, reports);
  }, trouble);

  socket.on('message', (data: RawData, isBinary) => {
    const message = isBinary ? undefined : parseMessage(data);
    if (!message) return channel.close('malformed');
    if (message.kind === 'answer') return hub.answered(channel, message);
    if (message.kind === 'instances') return store(message.instances);
    begun.then(() => here.introduced(channel, message.facts, message.clientTime)).catch(trouble);
  });
  socket.on('error', (error) => log.debug({ err: error, endpoint: endpointId }, 'an endpoint’s channel broke'));

  const timer = setInterval(() => {
    here.alive(channel).then(
      (still) => still || channel.close('replaced'),
      (error) => log.warn({ err: error, endpoint: endpointId }, 'a sign of life could not be stored'),
    );
  }, signOfLifeMs);
  socket.once('close', () => {
    clearInterval(timer);
    begun
      .then(() => here.left(channel))
      .catch((error) => log.warn({ err: error, endpoint: endpointId }, 'could not be marked as offline'));
  });
}

function parseMessage(data: RawData) {
  try {
    return channelMessage.safeParse(JSON.parse(data.toString())).data;
  } catch {
    return undefined;
  }
}

/** Runs `work` for one value at a time; of those that come meanwhile only the newest counts. */
function newestOnly<Value>(work: (value: Value) => Promise<void>, failed: (error: unknown) => void) {
  let next: { readonly value: Value } | undefined;
  let running = false;
  const run = async () => {
    running = true;
    try {
      while (next) {
        const { value } = next;
        next = undefined;
        await work(value);
      }
    } catch (error) {
      failed(error);
    } finally {
      running = false;
    }
  };
  return (value: Value): void => {
    next = { value };
    if (!running) void run();
  };
}

/** Tells an endpoint that it was revoked, and ends its channel. */
export function revokeChannel(channel: Channel): void {
  channel.send({ kind: 'revoked', id: channel.id });
  channel.close('revoked');
}
