import { hostname } from 'node:os';
import type { LocalStatus } from '@atelier/api';
import { startClient } from '@atelier/client';
import { clientStateFolder, stateFolder, writeClientNote } from '../connection/state-folder.ts';
import { type LocalClient, openLocalClient } from '../local/local-client.ts';
import { version } from '../version.ts';

/** A client daemon in this process. */
export interface RunningClient {
  readonly socketPath: string;
  status(): Promise<LocalStatus>;
  /** Makes this computer known to a server, unless it is already. */
  enroll(server: string, token: () => Promise<string>): Promise<LocalStatus>;
  stop(): Promise<void>;
}

/** The status once the server was reached, or after three seconds as it is then. */
async function connected(local: LocalClient): Promise<LocalStatus> {
  const limit = AbortSignal.timeout(3000);
  try {
    for await (const now of local.watch(limit))
      if (now.connection !== 'connecting' && now.connection !== 'offline') return now;
  } catch (error) {
    if (!limit.aborted) throw error;
  }
  return local.api.status();
}

/** Starts the client daemon and tells the commands of this machine where it is. */
export async function runClient(): Promise<RunningClient> {
  const client = await startClient({ stateDir: clientStateFolder(), version });
  const removeNote = await writeClientNote(stateFolder(), { socket: client.socketPath, pid: process.pid });
  const local = openLocalClient(client.socketPath);
  const status = () => local.api.status();
  return {
    socketPath: client.socketPath,
    status,
    enroll: async (server, token) => {
      const now = await status();
      if (now.connection === 'not-enrolled')
        await local.api.enroll({ body: { server, token: await token(), name: hostname() } });
      return connected(local);
    },
    stop: async () => {
      local.close();
      await client.stop();
      await removeNote();
    },
  };
}
