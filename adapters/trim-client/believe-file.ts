import { TrimError, type TrimErrorCode } from '@atelier/trim';
import type { RepositoryReader } from './repository-reader.ts';

/** What goes wrong without anybody having lied. */
const honest: readonly TrimErrorCode[] = ['trim.network', 'trim.http', 'trim.tls', 'trim.unauthorized', 'trim.io'];

/**
 * What `open` makes of a whole file, which it checks and throws TrimError for when it is not to be believed. Then another
 * address of the repository is asked, as long as there is one that did not lie yet: one bad or stale mirror must not keep
 * anybody from the good ones. When all are refused, the first refusal is the one to tell.
 */
export async function believeFile<T>(
  reader: RepositoryReader,
  path: string,
  limit: number,
  open: (bytes: Uint8Array) => T | Promise<T>,
): Promise<T> {
  let first: unknown;
  for (;;) {
    const { bytes, source } = await reader.file(path, limit).catch((error) => Promise.reject(first ?? error));
    try {
      return await open(bytes);
    } catch (error) {
      first ??= error;
      if (!(error instanceof TrimError) || honest.includes(error.code)) throw error;
      if (!reader.distrust(new Set([source]), `${path}: ${error.message}`)) throw first;
    }
  }
}
