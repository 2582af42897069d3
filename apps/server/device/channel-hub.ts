import { newId } from '@atelier/adapters/postgres';
import type { ChannelCommand, ChannelMessage } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { WebSocket } from 'ws';

type Answer = Extract<ChannelMessage, { kind: 'answer' }>;

/** Why a channel was closed by us, as WebSocket close codes of our own. */
export const closeCodes = { replaced: 4000, revoked: 4001, malformed: 4002, silent: 4003 } as const;

/** One live connection of an endpoint to this server. */
export interface Channel {
  readonly id: string;
  readonly endpointId: string;
  send(command: ChannelCommand): void;
  close(why: keyof typeof closeCodes): void;
}

/**
 * The channels that end at this process: one for each endpoint, a newer one replaces the older. Knows no database:
 * which server holds which endpoint is the router's business.
 */
export function channelHub() {
  const channels = new Map<string, Channel>();
  const waiting = new Map<string, { readonly channelId: string; readonly settle: (answer: Answer | Error) => void }>();

  const forget = (channel: Channel) => {
    if (channels.get(channel.endpointId) === channel) channels.delete(channel.endpointId);
    for (const [id, one] of waiting)
      if (one.channelId === channel.id) {
        waiting.delete(id);
        one.settle(new AtelierError('endpoint.offline', 'the endpoint was disconnected before it answered'));
      }
  };

  return {
    /** Takes a fresh socket; gives its channel. */
    add(endpointId: string, socket: WebSocket): Channel {
      const channel: Channel = {
        id: newId(),
        endpointId,
        send: (command) => socket.send(JSON.stringify(command)),
        close: (why) => socket.close(closeCodes[why], why),
      };
      const older = channels.get(endpointId);
      channels.set(endpointId, channel);
      older?.close('replaced');
      socket.once('close', () => forget(channel));
      return channel;
    },

    get: (endpointId: string): Channel | undefined => channels.get(endpointId),
    all: (): readonly Channel[] => [...channels.values()],

    /** Sends a command and waits for its answer. @throws AtelierError `endpoint.offline` */
    ask(endpointId: string, command: ChannelCommand, timeoutMs: number): Promise<Answer> {
      const channel = channels.get(endpointId);
      if (!channel) return Promise.reject(new AtelierError('endpoint.offline', 'the endpoint is not connected'));
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const timer = setTimeout(() => {
        waiting.delete(command.id);
        reject(new AtelierError('endpoint.offline', `the endpoint did not answer within ${timeoutMs / 1000} s`));
      }, timeoutMs);
      const settle = (answer: Answer | Error) => {
        clearTimeout(timer);
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      waiting.set(command.id, { channelId: channel.id, settle });
      channel.send(command);
      return promise;
    },

    /** An answer that came over a channel; those that nobody waits for are dropped. */
    answered(channel: Channel, answer: Answer): void {
      const one = waiting.get(answer.id);
      if (one?.channelId !== channel.id) return;
      waiting.delete(answer.id);
      one.settle(answer);
    },
  };
}

export type ChannelHub = ReturnType<typeof channelHub>;
