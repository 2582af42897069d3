import { randomUUID } from 'node:crypto';
import { type Operation, type OutgoingHeaders, readAnswer, type WsmanAnswer, writeRequest } from '@atelier/wsman';

/** How a test asks. Default: `admin` with `Secret-1`. */
export interface AskOptions extends Partial<OutgoingHeaders> {
  readonly user?: string;
  readonly password?: string;
  readonly signal?: AbortSignal;
}

const basicOf = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Sends one operation to a test's service over HTTP with Basic. Throws `WsmanFault` for a fault, and an error with the status for anything else. */
export async function ask(url: string, operation: Operation, options: AskOptions = {}): Promise<WsmanAnswer> {
  const { user = 'admin', password = 'Secret-1', signal, ...headers } = options;
  const body = writeRequest(operation, { to: url, messageId: `uuid:${randomUUID().toUpperCase()}`, ...headers });
  const response = await post(url, body, basicOf(user, password), signal);
  if (response.status !== 200 && response.status !== 500) throw new Error(`status ${response.status}`);
  return readAnswer(new Uint8Array(await response.arrayBuffer()));
}

/** Posts text as it is. */
export const post = (url: string, body: string, authorization = basicOf('admin', 'Secret-1'), signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/soap+xml;charset=UTF-8',
      ...(authorization ? { Authorization: authorization } : {}),
    },
    ...(signal ? { signal } : {}),
  });
