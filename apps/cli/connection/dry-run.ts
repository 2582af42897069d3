import type { Transport } from '@atelier/api';

/** Thrown instead of sending: what a command would have asked the server to do. */
export class DryRun extends Error {
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  constructor(request: DryRun['request']) {
    super('dry run');
    this.name = 'DryRun';
    this.request = request;
  }
}

const secret = /password|secret|token|^current$|^next$/i;

const withoutSecrets = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).map(([key, value]) => [key, secret.test(key) && value ? '…' : value]))
    : body;

/** Lets reads through and stops before the first change. */
export const dryTransport =
  (transport: Transport): Transport =>
  async (call) => {
    if (call.method === 'GET') return transport(call);
    const body = typeof call.body === 'string' ? withoutSecrets(JSON.parse(call.body)) : undefined;
    throw new DryRun({ method: call.method, path: call.path, ...(body === undefined ? {} : { body }) });
  };
