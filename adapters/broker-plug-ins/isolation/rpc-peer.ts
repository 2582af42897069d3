import { fromRpcError, type RpcMessage, rpcCodes, toRpcError } from './rpc-message.ts';
import { PlugInUnavailableError } from './unavailable.ts';

export interface RpcPeerOptions {
  readonly send: (message: RpcMessage) => void;
  /** Answers requests and takes notifications. What it throws is sent back; that of notifications is dropped. */
  readonly handle: (method: string, params: unknown) => unknown;
  /** Requests that may wait for their answer at the same time. */
  readonly mostWaiting: number;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What of JSON-RPC a method that is unknown is answered with. */
export const unknownMethod = (method: string): Error =>
  Object.assign(new Error(`there is no method ${method.slice(0, 100)}`), { code: rpcCodes.notFound });

/** One side of JSON-RPC 2.0 over whatever carries messages. Both sides ask and answer; batches are not spoken. */
export class RpcPeer {
  readonly #options: RpcPeerOptions;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #closed: Error | null = null;

  constructor(options: RpcPeerOptions) {
    this.#options = options;
  }

  /** Rejects with what the other side threw, when the other side ends, or with PlugInUnavailableError when too much waits. */
  request(method: string, params: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.#waiting.size >= this.#options.mostWaiting)
      return Promise.reject(new PlugInUnavailableError(`${this.#waiting.size} requests wait for it already`));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      try {
        this.#options.send({ jsonrpc: '2.0', id, method, params });
      } catch (error) {
        this.#waiting.delete(id);
        reject(error as Error);
      }
    });
  }

  notify(method: string, params: unknown): void {
    if (!this.#closed) this.#options.send({ jsonrpc: '2.0', method, params });
  }

  /** Whether a message answers a request of ours: of those there are never more than we asked for. */
  isAnswer(message: unknown): boolean {
    const { id, method } = (message ?? {}) as RpcMessage;
    return method === undefined && typeof id === 'number' && this.#waiting.has(id);
  }

  /** Takes a message that came. False when it is none. */
  receive(message: unknown): boolean {
    if (this.#closed || typeof message !== 'object' || message === null) return false;
    const { id, method, params, result, error } = message as RpcMessage;
    if (typeof method === 'string') {
      void this.#answer(id, method, params);
      return true;
    }
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (typeof id !== 'number' || !waiting) return false;
    this.#waiting.delete(id);
    if (error === undefined || error === null) waiting.resolve(result);
    else waiting.reject(fromRpcError(error));
    return true;
  }

  /** Rejects everything that waits. */
  close(error: Error): void {
    this.#closed ??= error;
    for (const one of this.#waiting.values()) one.reject(this.#closed);
    this.#waiting.clear();
  }

  async #answer(id: RpcMessage['id'], method: string, params: unknown): Promise<void> {
    let answer: Pick<RpcMessage, 'result' | 'error'>;
    try {
      answer = { result: (await this.#options.handle(method, params)) ?? null };
    } catch (error) {
      answer = { error: toRpcError(error) };
    }
    if (id === undefined || id === null || this.#closed) return;
    try {
      this.#options.send({ jsonrpc: '2.0', id, ...answer });
    } catch (error) {
      // A result that cannot be sent, e.g. a function in it.
      this.#options.send({ jsonrpc: '2.0', id, error: toRpcError(error) });
    }
  }
}
