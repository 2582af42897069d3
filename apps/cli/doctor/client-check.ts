import { clientSocketPath } from '../connection/state-folder.ts';
import { openLocalClient } from '../local/local-client.ts';
import { type Check, ok, skipped } from './finding.ts';

/** Whether this computer's client runs and is connected. */
export const clientCheck: Check = async (signal) => {
  const client = openLocalClient();
  try {
    const { connection, server, queuedEvents } = await client.api.status({}, { signal });
    if (connection === 'online') return ok('client', `connected to ${server}`);
    return {
      check: 'client',
      state: connection === 'revoked' ? 'error' : 'warning',
      detail: `${connection}${server ? ` (${server})` : ''}, ${queuedEvents} events wait`,
      cause:
        connection === 'revoked'
          ? 'an administrator shut this computer out'
          : connection === 'not-enrolled'
            ? 'this computer is not known to a server yet'
            : 'the server cannot be reached; running workspaces go on',
      fix:
        connection === 'offline' ? 'look at the network and the server' : 'atelier client enroll https://SERVER:8443',
    };
  } catch {
    return skipped('client', `not running (nobody answers at ${clientSocketPath()})`);
  } finally {
    client.close();
  }
};
