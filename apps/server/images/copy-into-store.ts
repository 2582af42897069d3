import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryStore } from '@atelier/adapters/repository';
import { AtelierError } from '@atelier/domain/errors';
import { parseRepositoryPath } from '@atelier/trim';

const pieceBytes = 4 * 1024 * 1024;

/**
 * Copies one file from a store into another, where it replaces what is there in one step. A file that is named by its
 * content is checked on the way.
 *
 * @throws AtelierError `image.wrong-state` when the source lacks it or holds something else under its name
 */
export async function copyIntoStore(
  source: RepositoryStore,
  target: RepositoryStore,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await source.stat(path);
  if (!found) throw new AtelierError('image.wrong-state', `${path} is gone: pack the version again`);
  const spoolFile = join(target.spoolFolder, randomUUID());
  const hash = createHash('sha256');
  try {
    const file = await open(spoolFile, 'wx', 0o644);
    try {
      for (let offset = 0; offset < found.size; offset += pieceBytes) {
        signal.throwIfAborted();
        const piece = await source.readRange(path, offset, Math.min(pieceBytes, found.size - offset));
        hash.update(piece);
        await file.write(piece, 0, piece.length, offset);
      }
    } finally {
      await file.close();
    }
    const named = parseRepositoryPath(path);
    if ((named?.kind === 'pack' || named?.kind === 'delta') && named.digest !== hash.digest('hex'))
      throw new AtelierError('image.wrong-state', `${path} was damaged on the server's disk: pack the version again`);
    await target.replace(path, { spoolFile });
  } finally {
    await rm(spoolFile, { force: true });
  }
}
