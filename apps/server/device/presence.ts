import { createHash } from 'node:crypto';
import type { EndpointFacts } from '@atelier/api';
import { ownHostName, type ServerConfig } from '../config.ts';
import type { Queries } from '../services.ts';
import type { Channel } from './channel-hub.ts';

/** After so many milliseconds without a sign of life an endpoint counts as offline, whatever its server said. */
const silentAfterMs = 90_000;

/** The name of this server in `endpoint.connected_to`: the same after a restart, another for another state folder. */
export const serverName = ({ stateDir }: Pick<ServerConfig, 'stateDir'>): string =>
  `${ownHostName()}-${createHash('sha256').update(stateDir).digest('hex').slice(0, 8)}`;

/** Which endpoints are connected, and where, as the database tells all servers. */
export function presence(db: Queries, server: string) {
  const at = (channel: Channel) => `${server}/${channel.id}`;
  const away = { state: 'offline', connected_to: null } as const;
  return {
    /** Marks an endpoint as connected here; false when it was revoked meanwhile. */
    async arrived(channel: Channel, address: string): Promise<boolean> {
      const row = await db
        .updateTable('endpoint')
        .set({ state: 'online', connected_to: at(channel), last_contact_at: new Date(), address })
        .where('id', '=', channel.endpointId)
        .where('state', 'not in', ['revoked', 'wiped'])
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },

    /** What an endpoint says of itself when it connects. */
    async introduced(channel: Channel, facts: EndpointFacts, clientTime: string): Promise<void> {
      await db
        .updateTable('endpoint')
        .set({
          os: facts.os,
          ram_mib: Math.max(1, facts.ramMiB),
          accelerator: facts.accelerator,
          client_version: facts.clientVersion,
          clock_skew_ms: Date.parse(clientTime) - Date.now(),
        })
        .where('id', '=', channel.endpointId)
        .execute();
    },

    /** A sign of life; false when the endpoint is connected elsewhere now, or revoked. */
    async alive(channel: Channel): Promise<boolean> {
      const row = await db
        .updateTable('endpoint')
        .set({ last_contact_at: new Date() })
        .where('id', '=', channel.endpointId)
        .where('connected_to', '=', at(channel))
        .where('state', '=', 'online')
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },

    async left(channel: Channel): Promise<void> {
      await db.updateTable('endpoint').set(away).where('connected_to', '=', at(channel)).execute();
    },

    /** What an earlier run of this server left behind: none of its channels is open any more. */
    async forgetOwn(): Promise<void> {
      await db.updateTable('endpoint').set(away).where('connected_to', 'like', `${server}/%`).execute();
    },

    /** Endpoints whose server died without a word. */
    async forgetSilent(now = Date.now()): Promise<void> {
      await db
        .updateTable('endpoint')
        .set(away)
        .where('state', '=', 'online')
        .where('last_contact_at', '<', new Date(now - silentAfterMs))
        .execute();
    },
  };
}

export type Presence = ReturnType<typeof presence>;
