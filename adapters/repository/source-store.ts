import { parseRepositoryPath, TrimError } from '@atelier/trim';
import type { RepositorySource } from './repository-source.ts';
import type { RepositoryStore } from './repository-store.ts';

/** A source seen as a store, for the calls that only read: a forecast, statistics. Writing throws `trim.io`. */
export function sourceStore(source: RepositorySource): RepositoryStore {
  const refuse = async () => {
    throw new TrimError('trim.io', `${source.address} is only read`);
  };
  return {
    spoolFolder: '',
    read: source.read,
    readRange: async (path, offset, length) => {
      const bytes = new Uint8Array(length);
      let done = 0;
      for await (const piece of source.stream(path, offset)) {
        const part = piece.subarray(0, length - done);
        bytes.set(part, done);
        done += part.length;
        if (done === length) return bytes;
      }
      if (length === 0) return bytes;
      throw new TrimError('trim.format', `${path} ends before byte ${offset + length}`);
    },
    list: async function* (prefix) {
      const images = (await source.list?.images()) ?? [];
      for (const image of images.filter((one) => `images/${one}/`.startsWith(prefix)))
        for (const version of (await source.list?.versions(image)) ?? []) {
          const path = `images/${image}/${version}.manifest.json`;
          if (parseRepositoryPath(path)) yield { path, size: 0, modified: 0 };
        }
    },
    stat: refuse,
    writeImmutable: refuse,
    replace: refuse,
    remove: refuse,
  };
}
