import { DatabaseSync } from 'node:sqlite';
import { AtelierError } from '@atelier/domain/errors';

/**
 * Makes sure that one daemon uses a state folder. The lock is a file lock that SQLite holds on `path` for us, so the
 * system itself lets go of it when the process ends, however it ends.
 *
 * @returns the way to let go of it
 * @throws AtelierError `client.already-running`
 */
export function takeSingleDaemonLock(path: string): () => void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive');
  } catch (cause) {
    database.close();
    throw new AtelierError('client.already-running', `another client daemon uses this state folder (${path})`, {
      cause,
    });
  }
  return () => database.close();
}
