/** A message of JSON-RPC 2.0, in either direction. */
export interface RpcMessage {
  readonly jsonrpc: '2.0';
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: RpcError;
}

/** `data` says of errors with a code of their own (SbError, StoreError) what they were. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly name?: string; readonly code?: string; readonly fatal?: boolean };
}

export const rpcCodes = { notFound: -32601, badParams: -32602, internal: -32603, ours: -32000 } as const;

const named = new Set(['SbError', 'StoreError']);

/** How an error goes over the wire; its stack stays where it is. */
export function toRpcError(error: unknown): RpcError {
  const { name, message, code, fatal } = (error ?? {}) as {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly code?: unknown;
    readonly fatal?: unknown;
  };
  const text = (typeof message === 'string' ? message : String(error)).slice(0, 1000);
  if (typeof name !== 'string' || !named.has(name) || typeof code !== 'string')
    return { code: typeof code === 'number' ? code : rpcCodes.internal, message: text };
  return { code: rpcCodes.ours, message: text, data: { name, code, ...(fatal === false ? { fatal } : {}) } };
}

/** The error again, with the name and code that it had. Text from outside is bounded. */
export function fromRpcError(said: unknown): Error {
  const { message, data } = (said ?? {}) as Partial<RpcError>;
  const error = new Error(typeof message === 'string' ? message.slice(0, 1000) : 'an error without a message');
  if (typeof data !== 'object' || data === null || typeof data.name !== 'string' || !named.has(data.name)) return error;
  return Object.assign(error, { name: data.name, code: String(data.code), fatal: data.fatal !== false });
}
