import { constants } from 'node:fs';
import { type FileHandle, glob, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRepositoryPath, TrimError } from '@atelier/trim';
import { HttpFailure } from '../http-error.ts';
import type { RangeSource } from './source.ts';

/** Most folders of media that one transfer looks into. */
const mostFolders = 8;

/** The folders among `patterns` (`*` stands for one part of a path) that hold a repository: a `root.json` lies in them. */
export async function findMedia(patterns: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pattern of patterns)
    try {
      for await (const folder of glob(pattern)) {
        if (found.length >= mostFolders) return found;
        const root = await stat(join(folder, 'root.json')).catch(() => undefined);
        if (root?.isFile() && !found.includes(folder)) found.push(folder);
      }
    } catch {
      // a stick that was pulled out in between
    }
  return found;
}

/** A folder laid out as a repository as a source. Nothing in it is trusted: no link is followed, no device is opened. */
export function mediaSource(folder: string): RangeSource {
  const missing = (path: string) =>
    new HttpFailure(new TrimError('trim.not-found', `${join(folder, path)} is not there`), false);
  return {
    kind: 'media',
    name: folder,
    async ask(path, range) {
      if (!parseRepositoryPath(path)) throw missing(path);
      const file = await open(
        join(folder, path),
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      ).catch(() => undefined);
      const found = await file?.stat().catch(() => undefined);
      const [first, end] = [
        range?.[0] ?? 0,
        Math.min((range?.[1] ?? Number.MAX_SAFE_INTEGER - 1) + 1, found?.size ?? 0),
      ];
      if (!file || !found?.isFile() || first > end || (range && first === end)) {
        await file?.close();
        throw missing(path);
      }
      return {
        status: range ? 206 : 200,
        headers: {
          'content-length': String(end - first),
          ...(range && { 'content-range': `bytes ${first}-${end - 1}/${found.size}` }),
        },
        body: pieces(file, first, end),
        discard: () => void file.close().catch(() => undefined),
      };
    },
    close: () => undefined,
  };
}

async function* pieces(file: FileHandle, first: number, end: number): AsyncGenerator<Uint8Array> {
  try {
    for (let at = first; at < end; ) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(Math.min(256 * 1024, end - at)), {
        position: at,
      });
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close().catch(() => undefined);
  }
}
