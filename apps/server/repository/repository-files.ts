import { access, constants, statfs } from 'node:fs/promises';
import type { Capability } from '../services.ts';
import type { readerGate } from './reader-gate.ts';
import type { Repository } from './repository.ts';
import { serveRepositoryFile } from './serve.ts';
import { signEverything } from './sign-channels.ts';

const hour = 3_600_000;
/** Below this much free room publishing stops to make sense: the overview says so. */
const leastFreeBytes = 1024 ** 3;

async function room(folder: string) {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    return { ok: free > leastFreeBytes, detail: `${Math.floor(free / 1_048_576)} MiB are free` };
  } catch (error) {
    return { ok: false, detail: `the repository cannot be written: ${(error as Error).message}` };
  }
}

/** Serves the repository's files to those who may read them, and keeps what is signed from ending. */
export const repositoryFiles =
  (repository: Repository, mayRead: ReturnType<typeof readerGate>): Capability =>
  async (routes, services) => {
    routes.files('/repository/', async ({ path, actor, request, response, correlationId }) => {
      if (await mayRead(actor, request)) return await serveRepositoryFile(repository.folder, path, request, response);
      response.writeHead(401, {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'www-authenticate': 'Bearer realm="atelier repository"',
        'x-correlation-id': correlationId,
      });
      response.end('ask /api/v1/device/repository for a credential, or show the certificate of an enrolled endpoint\n');
    });
    // A crash may have come between a change in the database and its signed file: the first thing is to catch up.
    await signEverything(services, repository);
    const timer = setInterval(() => void signEverything(services, repository), hour);
    return { stop: async () => clearInterval(timer), checks: { repository: () => room(repository.folder) } };
  };
