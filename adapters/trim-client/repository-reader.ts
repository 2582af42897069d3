import { setTimeout as sleep } from 'node:timers/promises';
import { TrimError } from '@atelier/trim';
import { type Bandwidth, bandwidth } from './bandwidth.ts';
import { type Answer, type Connections, connections } from './connections.ts';
import type { RepositoryAccess } from './fetch-types.ts';
import { connectionFailure, HttpFailure } from './http-error.ts';

export type ReaderOptions = {
  readonly access: RepositoryAccess;
  readonly parallel: number;
  readonly bytesPerSecond?: number;
  readonly signal?: AbortSignal;
};

/** Reads files and ranges of a repository over HTTP: retries, mirrors, rate, and counts of what went over the wire. */
export class RepositoryReader {
  readonly #connections: Connections;
  readonly #attempts: number;
  readonly #bandwidth: Bandwidth;
  readonly #signal: AbortSignal | undefined;
  readonly #failures: number[];
  #wireBytes = 0;
  #requests = 0;

  constructor({ access, parallel, bytesPerSecond, signal }: ReaderOptions) {
    this.#connections = connections(access, parallel);
    this.#attempts = access.attempts ?? 6;
    this.#bandwidth = bandwidth(bytesPerSecond);
    this.#signal = signal;
    this.#failures = access.baseUrls.map(() => 0);
  }

  get wireBytes(): number {
    return this.#wireBytes;
  }

  get requests(): number {
    return this.#requests;
  }

  /** A whole file of at most `limit` bytes. `distrust` counts against the mirror that gave a bad file before. */
  async file(path: string, limit: number): Promise<Uint8Array> {
    return this.#retry(async (mirror) => {
      const answer = await this.#ask(mirror, path, undefined);
      refuseEncoding(answer, path);
      if (Number(answer.headers['content-length'] ?? 0) > limit) throw tooLong(path, limit);
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const part of this.#pieces(answer)) {
        length += part.length;
        if (length > limit) throw tooLong(path, limit);
        parts.push(part);
      }
      const told = answer.headers['content-length'];
      if (told !== undefined && Number(told) !== length) throw cutOff(path, length);
      return Buffer.concat(parts, length);
    });
  }

  /**
   * The bytes from `offset` on, `length` of them, in pieces given to `take`; what `take` returns is awaited (back-pressure).
   * A connection that breaks is taken up again behind the last piece. A server without ranges is read through from the
   * file's beginning, once.
   */
  async range(
    path: string,
    offset: number,
    length: number,
    take: (piece: Uint8Array) => Promise<void> | undefined,
  ): Promise<void> {
    let done = 0;
    let whole = false;
    await this.#retry(async (mirror) => {
      const at = offset + done;
      const last = offset + length - 1;
      const before = done;
      const answer = await this.#ask(mirror, path, whole ? undefined : [at, last]);
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
      for await (const piece of this.#pieces(answer)) {
        const passed = Math.min(left, piece.length);
        left -= passed;
        const wanted = piece.subarray(passed, passed + length - done);
        if (wanted.length > 0) {
          done += wanted.length;
          await take(wanted);
        }
        if (done === length) break;
      }
      if (done < length) throw cutOff(path, done - before);
    });
  }

  close(): void {
    this.#connections.close();
  }

  async #ask(mirror: number, path: string, range: readonly [number, number] | undefined): Promise<Answer> {
    this.#requests++;
    return this.#connections.ask(mirror, path, range, this.#signal);
  }

  async *#pieces(answer: Answer): AsyncIterable<Uint8Array> {
    for await (const piece of answer.body) {
      this.#wireBytes += piece.length;
      await this.#bandwidth(piece.length, this.#signal);
      yield piece;
    }
  }

  async #retry<T>(work: (mirror: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const mirror = this.#failures.indexOf(Math.min(...this.#failures));
      try {
        return await work(mirror);
      } catch (cause) {
        if (this.#signal?.aborted) throw cause;
        const failure = connectionFailure(cause, 'the connection');
        this.#failures[mirror] = (this.#failures[mirror] as number) + 1;
        const elsewhere = this.#connections.mirrors > 1 && attempt <= this.#connections.mirrors;
        if (attempt >= this.#attempts || !(failure.again || elsewhere)) throw failure.error;
        const pause = Math.max(failure.waitMs, Math.min(200 * 2 ** attempt, 15_000) * (0.5 + Math.random() / 2));
        await sleep(elsewhere ? 0 : pause, undefined, { signal: this.#signal });
      }
    }
  }
}

/**
 * How many bytes of the body to pass over before the wanted ones: 0 for the right range, `at` where the whole file came.
 * Undefined when the answer is neither; throws when it is not even with `whole`.
 */
function startOfBody(answer: Answer, path: string, at: number, last: number, whole: boolean): number | undefined {
  const wrong = () =>
    new HttpFailure(new TrimError('trim.range-ignored', `${path}: the server does not give ranges rightly`), false);
  const encoded = (answer.headers['content-encoding'] ?? 'identity') !== 'identity';
  if (answer.status === 206 && !encoded && !whole) {
    const [, from, to] = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(answer.headers['content-range'] ?? '') ?? [];
    if (Number(from) === at && Number(to) === last) return 0;
  }
  if (answer.status === 200 && !encoded && (whole || at === 0)) return at;
  if (whole) throw wrong();
  return undefined;
}

function refuseEncoding(answer: Answer, path: string): void {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (answer.status === 200 && encoding === 'identity') return;
  answer.discard();
  throw new HttpFailure(
    new TrimError(
      'trim.range-ignored',
      `${path} came with content encoding ${encoding.slice(0, 20)}, status ${answer.status}`,
    ),
    false,
  );
}

function cutOff(path: string, length: number): HttpFailure {
  return new HttpFailure(new TrimError('trim.network', `${path} was cut off after ${length} bytes`), true);
}

function tooLong(path: string, limit: number): HttpFailure {
  return new HttpFailure(
    new TrimError('trim.limits', `${path} is longer than the ${limit} bytes that are allowed`),
    false,
  );
}
