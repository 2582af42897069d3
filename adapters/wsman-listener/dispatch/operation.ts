import type { OperationContext, OperationUser } from '@atelier/plugin-kit';
import { fault, type Option, type RequestHeaders } from '@atelier/wsman';
import type { Caller } from '../caller.ts';

/** The context of one request. Its signal is made only when somebody looks at it: most operations end before anything could abort them. */
export class Operation implements OperationContext {
  readonly user: OperationUser;
  readonly clientAddress: string;
  readonly deadline: number;
  readonly locales: readonly string[];
  readonly options: readonly Option[];
  readonly activityId: string;
  readonly #timeout: number;
  readonly #connection: AbortSignal;
  #abort: AbortController | null = null;
  #timer: NodeJS.Timeout | null = null;
  #onClose: (() => void) | null = null;
  #late = false;

  constructor(user: OperationUser, caller: Caller, headers: RequestHeaders, maxTimeoutMs: number) {
    this.user = user;
    this.clientAddress = caller.address;
    this.#timeout = Math.min(headers.operationTimeout ?? maxTimeoutMs, maxTimeoutMs);
    this.deadline = Date.now() + this.#timeout;
    this.locales = headers.locale ? [headers.locale] : [];
    this.options = headers.options;
    this.activityId = headers.activityId ?? headers.messageId;
    this.#connection = caller.connection;
  }

  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal;
    const abort = new AbortController();
    this.#abort = abort;
    if (this.#connection.aborted) abort.abort();
    const close = () => abort.abort();
    this.#onClose = close;
    this.#connection.addEventListener('abort', close, { once: true });
    const late = () => {
      this.#late = true;
      close();
    };
    this.#timer = setTimeout(late, Math.max(0, this.deadline - Date.now()));
    return abort.signal;
  }

  /** Waits for work that may not know of time: throws TimedOut at the deadline, whatever the work makes of being aborted. */
  async within<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(fault('operationTimedOut'));
      this.#late = true;
      this.#abort?.abort();
    }, this.#timeout);
    try {
      const result = await Promise.race([work, promise]);
      if (this.#late) throw fault('operationTimedOut');
      return result;
    } catch (error) {
      throw this.#late ? fault('operationTimedOut', {}, { cause: error }) : error;
    } finally {
      clearTimeout(timer);
      work.catch(() => {});
    }
  }

  /** The request is answered. */
  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#onClose) this.#connection.removeEventListener('abort', this.#onClose);
  }
}
