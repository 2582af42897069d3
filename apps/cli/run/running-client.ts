import { hostname } from 'node:os';
import type { LocalStatus } from '@atelier/api';
import { startClient } from '@atelier/client';
import { clientStateFolder, stateFolder, writeClientNote } from '../connection/state-folder.ts';
import { openLocalClient } from '../local/local-client.ts';
import { version } from '../version.ts';

/** A client daemon in this process. */
export interface RunningClient {
  readonly socketPath: string;
  status(): Promise<LocalStatus>;
  /** Makes this computer known to a server, unless it is already. */
  enroll(server: string, token: () => Promise<string>): Promise<LocalStatus>;
  stop(): Promise<void>;
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
      if (now.connection !== 'not-enrolled') return now;
      return local.api.enroll({ body: { server, token: await token(), name: hostname() } });
    },
    stop: async () => {
      local.close();
      await client.stop();
      await removeNote();
    },
  };
}
