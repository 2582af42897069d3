import type { ConnectionOptions, Target } from '../connection-options.ts';
import { winrmError } from '../errors.ts';
import { readTarget } from '../target.ts';
import { Connection } from './connection.ts';
import { ConnectionLost, type HttpAnswer, type HttpContent } from './http-exchange.ts';

/** How long an unused connection is kept, in milliseconds: hosts close theirs after two minutes. */
const idleTime = 45_000;

interface Idle {
  readonly connection: Connection;
  readonly since: number;
}

/** The connections to one host. A request takes one that is free, or opens one; a waiting Receive holds its own. */
export class ConnectionPool {
  readonly #options: ConnectionOptions;
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #open = new Set<Connection>();
  #target: Target;
  #busy = 0;
  #cookie = '';
  #redirected = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#target = readTarget(options.url);
  }

  get target(): Target {
    return this.#target;
  }

  async #place(signal: AbortSignal): Promise<void> {
    while (this.#busy >= (this.#options.maxConnections ?? 8)) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const aborted = () => reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiting.push(resolve);
      try {
        await promise;
      } finally {
        signal.removeEventListener('abort', aborted);
        const at = this.#waiting.indexOf(resolve);
        if (at >= 0) this.#waiting.splice(at, 1);
      }
    }
    this.#busy += 1;
  }

  #leave(): void {
    this.#busy -= 1;
    this.#waiting.shift()?.();
  }

  #drop(connection: Connection): void {
    this.#open.delete(connection);
    connection.close();
  }

  async #take(fresh: boolean, signal: AbortSignal): Promise<Connection> {
    for (let one = this.#idle.pop(); one; one = this.#idle.pop()) {
      if (!fresh && one.connection.alive && Date.now() - one.since < idleTime) return one.connection;
      this.#drop(one.connection);
    }
    const connection = await Connection.open(this.#target, this.#options, signal);
    if (this.#closed) connection.close();
    else this.#open.add(connection);
    return connection;
  }

  async #once(
    content: HttpContent,
    more: Readonly<Record<string, string>>,
    fresh: boolean,
    signal: AbortSignal,
  ): Promise<{ answer: HttpAnswer; reused: boolean }> {
    const connection = await this.#take(fresh, signal);
    const reused = connection.answered > 0;
    try {
      const headers = this.#cookie === '' ? more : { ...more, Cookie: this.#cookie };
      const answer = await connection.send(content, headers, signal);
      const cookie = answer.headers['set-cookie']?.find((one) => one.startsWith('MS-WSMAN='));
      if (cookie) this.#cookie = cookie.split(';')[0]!;
      if (connection.alive && answer.status !== 401 && !this.#closed)
        this.#idle.push({ connection, since: Date.now() });
      else this.#drop(connection);
      return { answer, reused };
    } catch (error) {
      this.#drop(connection);
      // An idle connection that the host had closed meanwhile, or that lost its way: nothing was answered on it.
      if (error instanceof ConnectionLost && !reused)
        throw winrmError('winrm.unreachable', `${error.message} before an answer came`, error);
      throw error;
    }
  }

  #redirect(answer: HttpAnswer): void {
    const { location } = answer.headers;
    const to = location && URL.canParse(location, this.#target.url) ? new URL(location, this.#target.url) : null;
    if (!to || !this.#options.followRedirect || this.#redirected || to.protocol !== 'https:')
      throw winrmError(
        'winrm.redirected',
        `the host answers with HTTP status ${answer.status} to ${location ?? 'nowhere'}`,
      );
    this.#redirected = true;
    this.#target = readTarget(to.href);
    for (const one of this.#idle.splice(0)) this.#drop(one.connection);
  }

  /** Sends a message. `repeatable` lets it be sent again when a connection was lost before its answer. */
  async send(
    content: HttpContent,
    headers: Readonly<Record<string, string>>,
    repeatable: boolean,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    if (this.#closed) throw winrmError('winrm.request', 'the session is closed');
    await this.#place(signal);
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          const { answer, reused } = await this.#once(content, headers, attempt > 0, signal);
          // The host forgot the logon of a connection that was used before: nothing was done, so it may be said again.
          if (answer.status === 401 && reused && attempt === 0) continue;
          if (answer.status >= 300 && answer.status < 400) this.#redirect(answer);
          else return answer;
        } catch (error) {
          if (!(error instanceof ConnectionLost)) throw error;
          if (!repeatable || attempt > 0)
            throw winrmError('winrm.unreachable', `${error.message} before an answer came`, error);
        }
      }
    } finally {
      this.#leave();
    }
  }

  close(): void {
    this.#closed = true;
    this.#idle.length = 0;
    for (const one of this.#open) one.close();
    this.#open.clear();
  }
}
