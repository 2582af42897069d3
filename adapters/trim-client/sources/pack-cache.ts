import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestHex, parseRepositoryPath } from '@atelier/trim';

/** A stretch of a repository file that is held, as one file on disk with its sha256 in its name. */
type Extent = {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly digest: string;
  usedAt: number;
};

/** Bytes on their way into the cache: kept once they were verified, else dropped. */
export type Recording = {
  /** Takes the next piece. Failures of the disk are silent: the cache is only a favour to others. */
  readonly add: (piece: Uint8Array) => Promise<void>;
  readonly keep: () => Promise<void>;
  readonly drop: () => Promise<void>;
};

/** Largest extent on disk. */
const extentBytes = 1024 * 1024;
/** Names like `<offset>-<length>-<sha256>`. */
const namePattern = /^(\d{1,16})-(\d{1,7})-([0-9a-f]{64})$/;

/**
 * Parts of packs, delta packs and indexes that this endpoint can give to others: bounded, the longest unused goes first.
 * Each extent is held against its sha256 whenever it is read, so a disk that lies is found out here already.
 */
export class PackCache {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #extents = new Map<string, Extent[]>();
  #limit: number;
  #used = 0;
  #serial = 0;

  private constructor(folder: string, limit: number, now: () => number) {
    this.#folder = folder;
    this.#limit = limit;
    this.#now = now;
  }

  /** Opens the cache in `folder`, with what an earlier run left; at most `limit` bytes stay. */
  static async open(folder: string, limit: number, now: () => number = Date.now): Promise<PackCache> {
    const cache = new PackCache(folder, limit, now);
    await rm(join(folder, 'incoming'), { recursive: true, force: true });
    await mkdir(join(folder, 'incoming'), { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder, { recursive: true })) {
      const path = dirname(name);
      const [, offset, length, digest] = namePattern.exec(name.slice(path.length + 1)) ?? [];
      if (!digest || !mayBeCached(path)) continue;
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found) cache.#insert({ path, offset: Number(offset), length: Number(length), digest, usedAt: found.mtimeMs });
    }
    await cache.#shrink();
    return cache;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** Another bound; what is too much goes at once. */
  async resize(limit: number): Promise<void> {
    this.#limit = limit;
    await this.#shrink();
  }

  /** How many bytes from `offset` on are held without a gap, at most `length`. */
  held(path: string, offset: number, length: number): number {
    let at = offset;
    for (let one = this.#at(path, at); one && at < offset + length; one = this.#at(path, at))
      at = one.offset + one.length;
    return Math.min(at - offset, length);
  }

  /** The held bytes from `offset` on, extent by extent, until a gap or `length`. */
  async *read(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
    const end = offset + length;
    for (let at = offset; at < end; ) {
      const extent = this.#at(path, at);
      if (!extent) return;
      const bytes = await readFile(this.#place(extent)).catch(() => undefined);
      if (!bytes || digestHex(bytes) !== extent.digest) {
        await this.#remove(extent);
        return;
      }
      this.#touch(extent);
      const part = bytes.subarray(at - extent.offset, Math.min(extent.length, end - extent.offset));
      at += part.length;
      yield part;
    }
  }

  /** Begins to take in what comes from `offset` of a file on. Undefined for files that are not for others. */
  record(path: string, offset: number): Recording | undefined {
    if (!mayBeCached(path) || this.#limit === 0) return undefined;
    const written: { readonly from: string; readonly extent: Extent }[] = [];
    let parts: Uint8Array[] = [];
    let length = 0;
    let at = offset;
    let broken = false;
    const flush = async () => {
      if (length === 0 || broken) return;
      const bytes = Buffer.concat(parts, length);
      const extent = { path, offset: at, length, digest: digestHex(bytes), usedAt: this.#now() };
      at += length;
      parts = [];
      length = 0;
      if (this.held(path, extent.offset, extent.length) === extent.length) return;
      const from = join(this.#folder, 'incoming', String(this.#serial++));
      try {
        // not synced: what a power cut damages does not have its sha256 any more, and is dropped when it is read
        await writeFile(from, bytes, { mode: 0o600, flag: 'wx' });
        written.push({ from, extent });
      } catch {
        broken = true;
      }
    };
    const drop = async () => {
      broken = true;
      parts = [];
      for (const { from } of written.splice(0)) await rm(from, { force: true });
    };
    return {
      drop,
      add: async (piece) => {
        for (let from = 0; from < piece.length && !broken; ) {
          const part = Uint8Array.from(piece.subarray(from, from + extentBytes - length));
          parts.push(part);
          length += part.length;
          from += part.length;
          if (length === extentBytes) await flush();
        }
      },
      keep: async () => {
        await flush();
        for (const { from, extent } of written.splice(0)) await this.#put(from, extent);
        await this.#shrink();
      },
    };
  }

  /** The sha256 of the first `length` bytes; undefined when some are missing. */
  async digestOf(path: string, length: number): Promise<string | undefined> {
    const hash = createHash('sha256');
    let read = 0;
    for await (const part of this.read(path, 0, length)) {
      hash.update(part);
      read += part.length;
    }
    return read === length ? hash.digest('hex') : undefined;
  }

  /** Forgets everything of a file. */
  async remove(path: string): Promise<void> {
    for (const extent of [...(this.#extents.get(path) ?? [])]) await this.#remove(extent);
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    for (const path of [...this.#extents.keys()]) await this.remove(path);
  }

  #at(path: string, at: number): Extent | undefined {
    return this.#extents.get(path)?.find(({ offset, length }) => offset <= at && at < offset + length);
  }

  #place({ path, offset, length, digest }: Extent): string {
    return join(this.#folder, path, `${offset}-${length}-${digest}`);
  }

  #insert(extent: Extent): void {
    const list = this.#extents.get(extent.path) ?? [];
    if (list.some(({ offset, length }) => offset === extent.offset && length === extent.length)) return;
    list.push(extent);
    this.#extents.set(extent.path, list);
    this.#used += extent.length;
  }

  #touch(extent: Extent): void {
    const now = this.#now();
    // once an hour is enough for the order to survive a restart
    if (now - extent.usedAt > 3_600_000)
      void utimes(this.#place(extent), now / 1000, now / 1000).catch(() => undefined);
    extent.usedAt = now;
  }

  async #put(from: string, extent: Extent): Promise<void> {
    try {
      const to = this.#place(extent);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(from, to);
      this.#insert(extent);
    } catch {
      await rm(from, { force: true });
    }
  }

  async #remove(extent: Extent): Promise<void> {
    const list = this.#extents.get(extent.path) ?? [];
    const at = list.indexOf(extent);
    if (at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) this.#extents.delete(extent.path);
    this.#used -= extent.length;
    await rm(this.#place(extent), { force: true });
  }

  async #shrink(): Promise<void> {
    if (this.#used <= this.#limit) return;
    const oldest = [...this.#extents.values()].flat().sort((a, b) => a.usedAt - b.usedAt);
    for (const extent of oldest) {
      if (this.#used <= this.#limit) return;
      await this.#remove(extent);
    }
  }
}

/** Files that never change: everything else must come from the repository, which alone knows what is new. */
export function mayBeCached(path: string): boolean {
  const kind = parseRepositoryPath(path)?.kind;
  return kind === 'pack' || kind === 'delta' || kind === 'index' || kind === 'kept-index';
}
