import { setTimeout as sleep } from 'node:timers/promises';
import { TrimError } from '@atelier/trim';
import { type Bandwidth, bandwidth } from './bandwidth.ts';
import type { RepositoryAccess } from './fetch-types.ts';
import { connectionFailure, HttpFailure } from './http-error.ts';
import { MirrorRing } from './sources/mirror-ring.ts';
import { mirrorSources } from './sources/mirror-sources.ts';
import type { MirrorSpeeds } from './sources/mirror-speeds.ts';
import { NearSources } from './sources/near-sources.ts';
import type { PackCache, Recording } from './sources/pack-cache.ts';
import { contentRange, cutOff, refuseEncoding, startOfBody, tooLong } from './sources/range-answer.ts';
import type { Answer, RangeSource, SourceKind } from './sources/source.ts';

export type ReaderOptions = {
  readonly access: RepositoryAccess;
  readonly parallel: number;
  /** bytes per second from the repository; a function where it may change meanwhile */
  readonly bytesPerSecond?: number | (() => number | undefined);
  readonly signal?: AbortSignal;
  /** media and peers, asked before the repository for what never changes */
  readonly near?: readonly RangeSource[];
  readonly speeds?: MirrorSpeeds;
  /** takes in what comes, for others */
  readonly cache?: PackCache;
  /** told once of each source other than the repository that gave something wrong */
  readonly onBanned?: (source: RangeSource, why: string) => void;
};

/** Takes a piece of a range; `source` is where it came from. What it returns is awaited (back-pressure). */
export type TakePiece = (piece: Uint8Array, source: RangeSource) => Promise<void> | undefined;

/** Reads files and ranges of a repository: near sources first, then its addresses, with retries, rate and counts. */
export class RepositoryReader {
  readonly #mirrors: MirrorRing;
  readonly #near: NearSources;
  readonly #attempts: number;
  readonly #bandwidth: Bandwidth;
  readonly #options: ReaderOptions;
  readonly #signal: AbortSignal | undefined;
  readonly #wire: Record<SourceKind, number> = { network: 0, peer: 0, media: 0 };
  #requests = 0;
  #offline = false;

  constructor(options: ReaderOptions) {
    const { access, parallel, near = [], signal } = options;
    if (access.baseUrls.length + near.length === 0)
      throw new TrimError('trim.network', 'the repository has no address');
    this.#mirrors = new MirrorRing(mirrorSources(access, parallel), options.speeds ?? new Map());
    this.#near = new NearSources(near);
    this.#attempts = access.attempts ?? 6;
    this.#bandwidth = bandwidth(options.bytesPerSecond);
    this.#options = options;
    this.#signal = signal;
  }

  /** Bytes of bodies that came from the repository's own addresses. */
  get wireBytes(): number {
    return this.#wire.network;
  }

  /** Bytes of bodies by where they came from. */
  get wire(): Readonly<Record<SourceKind, number>> {
    return this.#wire;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Whether the last file came from media because no address of the repository answered. */
  get offline(): boolean {
    return this.#offline;
  }

  /**
   * A whole file of at most `limit` bytes, from the repository; from media only when none of its addresses answers. With the
   * source that gave it, to be distrusted when it turns out wrong.
   */
  async file(path: string, limit: number): Promise<{ readonly bytes: Uint8Array; readonly source: RangeSource }> {
    const work = async (source: RangeSource) => ({ bytes: await this.#whole(source, path, limit), source });
    try {
      const found = await this.#retry(async ({ source }) => await work(source));
      this.#offline = false;
      return found;
    } catch (error) {
      const unreachable = error instanceof TrimError && (error.code === 'trim.network' || error.code === 'trim.http');
      if (!unreachable) throw error;
      for (const source of this.#near.order().filter(({ kind }) => kind === 'media')) {
        const found = await work(source).catch(() => undefined);
        if (!found) continue;
        this.#offline = true;
        return found;
      }
      throw error;
    }
  }

  /**
   * The bytes from `offset` on, `length` of them, in pieces given to `take`. Near sources give as much as they have; a
   * connection that breaks is taken up again behind the last piece. A server without ranges is read through from the file's
   * beginning, once. Gives what was recorded for others: whoever verifies the bytes keeps or drops it.
   */
  async range(path: string, offset: number, length: number, take: TakePiece): Promise<Recording | undefined> {
    const recording = this.#options.cache?.record(path, offset);
    const passOn: TakePiece = async (piece, source) => {
      await recording?.add(piece);
      await take(piece, source);
    };
    try {
      let done = 0;
      for (const source of this.#near.order()) {
        if (done === length) break;
        done += await this.#fromNear(source, path, offset + done, length - done, passOn);
      }
      if (done < length) await this.#fromMirrors(path, offset + done, length - done, passOn);
      return recording;
    } catch (error) {
      await recording?.drop();
      throw error;
    }
  }

  /** A range as one piece of memory, with the sources that gave it. */
  async collect(path: string, offset: number, length: number): Promise<Collected> {
    const parts: Uint8Array[] = [];
    const sources = new Set<RangeSource>();
    const recording = await this.range(path, offset, length, (piece, source) => {
      parts.push(Uint8Array.from(piece));
      sources.add(source);
      return undefined;
    });
    return { bytes: Buffer.concat(parts), sources, recording };
  }

  /** Up to `length` bytes from `offset` on, fewer where the file ends; with the file's length where the answer told it. */
  async atMost(path: string, offset: number, length: number): Promise<{ bytes: Buffer; total: number | undefined }> {
    return await this.#retry(async ({ source }) => {
      const answer = await this.#ask(source, path, [offset, offset + length - 1]);
      const { from, to, total } = contentRange(answer);
      if (answer.status !== 206 || from !== offset || !(to >= from) || to - from >= length) {
        answer.discard();
        throw new HttpFailure(new TrimError('trim.range-ignored', `${path}: that is not the range`), false);
      }
      const parts: Uint8Array[] = [];
      let done = 0;
      for await (const piece of this.#pieces(answer, source)) {
        parts.push(piece);
        done += piece.length;
        if (done > to - from + 1) throw tooLong(path, to - from + 1);
      }
      if (done <= to - from) throw cutOff(path, done);
      return { bytes: Buffer.concat(parts), total };
    }, length);
  }

  /**
   * Says that what these sources gave is not what was signed: a near one is not asked any more, an address of the repository
   * only when no other is left. Of several that gave parts, the near ones are held for the liars; among addresses alone
   * nobody can tell, so the next attempt decides. Gives whether somebody is left who did not lie yet.
   */
  distrust(sources: ReadonlySet<RangeSource>, why: string): boolean {
    const near = [...sources].filter(({ kind }) => kind !== 'network');
    for (const source of near) if (this.#near.ban(source)) this.#options.onBanned?.(source, why);
    const [only] = sources;
    return near.length > 0 || sources.size !== 1 || only === undefined || this.#mirrors.lied(only);
  }

  close(): void {
    this.#mirrors.close();
    this.#near.close();
  }

  async #whole(source: RangeSource, path: string, limit: number): Promise<Uint8Array> {
    const answer = await this.#ask(source, path, undefined);
    refuseEncoding(answer, path);
    if (Number(answer.headers['content-length'] ?? 0) > limit) {
      answer.discard();
      throw tooLong(path, limit);
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.#pieces(answer, source)) {
      length += part.length;
      if (length > limit) throw tooLong(path, limit);
      parts.push(part);
    }
    const told = answer.headers['content-length'];
    if (told !== undefined && Number(told) !== length) throw cutOff(path, length);
    return Buffer.concat(parts, length);
  }

  /** As much from `at` on as a near source has and gives; 0 when it has none. Only a cancelled transfer throws. */
  async #fromNear(source: RangeSource, path: string, at: number, length: number, take: TakePiece): Promise<number> {
    let done = 0;
    let taking = false;
    try {
      const answer = await this.#ask(source, path, [at, at + length - 1]);
      const { from, to } = contentRange(answer);
      if (answer.status !== 206 || from !== at || !(to >= at)) {
        answer.discard();
        throw new Error('that is not the range');
      }
      for await (const piece of this.#pieces(answer, source)) {
        const wanted = piece.subarray(0, length - done);
        done += wanted.length;
        taking = true;
        await take(wanted, source);
        taking = false;
        if (done === length) break;
      }
      this.#near.served(source);
    } catch (error) {
      if (taking || this.#signal?.aborted) throw error;
      if (error instanceof HttpFailure && error.error.code === 'trim.not-found') this.#near.missed(source);
      else this.#near.failed(source);
    }
    return done;
  }

  async #fromMirrors(path: string, offset: number, length: number, take: TakePiece): Promise<void> {
    let done = 0;
    let whole = false;
    while (done < length)
      await this.#retry(async ({ source, most }) => {
        const at = offset + done;
        const end = whole ? length : Math.min(length, done + most);
        const last = offset + end - 1;
        const before = done;
        const answer = await this.#ask(source, path, whole ? undefined : [at, last]);
        const skip = startOfBody(answer, path, at, last, whole);
        if (skip === undefined) {
          whole = true;
          answer.discard();
          throw new HttpFailure(
            new TrimError('trim.range-ignored', `${path}: the answer is not the range that was asked for`),
            true,
          );
        }
        let left = skip;
        for await (const piece of this.#pieces(answer, source)) {
          const passed = Math.min(left, piece.length);
          left -= passed;
          const wanted = piece.subarray(passed, passed + end - done);
          if (wanted.length > 0) {
            done += wanted.length;
            await take(wanted, source);
          }
          if (done === end) break;
        }
        if (done < end) throw cutOff(path, done - before);
      }, length - done);
  }

  async #ask(source: RangeSource, path: string, range: readonly [number, number] | undefined): Promise<Answer> {
    if (source.kind !== 'media') this.#requests++;
    const asked = performance.now();
    const answer = await source.ask(path, range, this.#signal);
    return { ...answer, body: this.#watched(answer.body, source, performance.now() - asked) };
  }

  /** Measures an address of the repository by what it took for the pieces of a body. */
  async *#watched(body: Answer['body'], source: RangeSource, firstByteMs: number): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let bodyMs = 0;
    let asked = performance.now();
    try {
      for await (const piece of body) {
        bodyMs += performance.now() - asked;
        bytes += piece.length;
        yield piece;
        asked = performance.now();
      }
    } finally {
      if (bytes > 0 && source.kind === 'network') this.#mirrors.served(source, { firstByteMs, bytes, bodyMs });
    }
  }

  async *#pieces(answer: Answer, source: RangeSource): AsyncIterable<Uint8Array> {
    for await (const piece of answer.body) {
      this.#wire[source.kind] += piece.length;
      if (source.kind === 'network') await this.#bandwidth(piece.length, this.#signal);
      yield piece;
    }
  }

  async #retry<T>(work: (choice: ReturnType<MirrorRing['choose']>) => Promise<T>, bytes = 0): Promise<T> {
    const { mirrors } = this.#mirrors;
    if (mirrors.length === 0) throw new TrimError('trim.network', 'no address of the repository is known');
    for (let attempt = 1; ; attempt++) {
      const choice = this.#mirrors.choose(bytes);
      const end = this.#mirrors.begin(choice);
      try {
        return await work(choice);
      } catch (cause) {
        if (this.#signal?.aborted) throw cause;
        const failure = connectionFailure(cause, 'the connection');
        this.#mirrors.failed(choice.source);
        const elsewhere = mirrors.length > 1 && attempt <= mirrors.length;
        if (attempt >= this.#attempts || !(failure.again || elsewhere)) throw failure.error;
        const pause = Math.max(failure.waitMs, Math.min(200 * 2 ** attempt, 15_000) * (0.5 + Math.random() / 2));
        await sleep(elsewhere ? 0 : pause, undefined, { signal: this.#signal });
      } finally {
        end();
      }
    }
  }
}

/** What `collect` gives. */
export type Collected = {
  readonly bytes: Buffer;
  readonly sources: ReadonlySet<RangeSource>;
  readonly recording: Recording | undefined;
};
