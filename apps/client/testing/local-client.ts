import { request } from 'node:http';
import {
  type ClientOf,
  clientOf,
  type LocalStatus,
  type LocalWorkspace,
  localEndpoints,
  type Transport,
} from '@atelier/api';
import { throwingAtelierErrors } from '../server/device-api.ts';

export type LocalClient = ClientOf<typeof localEndpoints>;

/** The daemon's local contract as functions, for tests. */
export function localClient(socketPath: string): LocalClient {
  const transport: Transport = ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request({ socketPath, method, path, headers, signal, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: { get: (name) => String(response.headers[name] ?? '') },
            json: async () => JSON.parse(Buffer.concat(parts).toString()),
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : String(body));
    });
  return throwingAtelierErrors(clientOf(localEndpoints, transport));
}

/** Waits until `find` gives something, by asking again; fails with what was seen last. */
export async function eventually<T>(
  find: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  what: string | (() => unknown),
  timeoutMs = 15_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (performance.now() > end) {
      const seen = typeof what === 'string' ? what : JSON.stringify(await what());
      throw new Error(`did not come true within ${timeoutMs} ms: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until a workspace fulfils `test`. */
export function untilWorkspace(
  local: LocalClient,
  name: string,
  test: (workspace: LocalWorkspace) => boolean,
  timeoutMs?: number,
): Promise<LocalWorkspace> {
  let seen: LocalStatus | undefined;
  return eventually(
    async () => {
      seen = await local.status();
      return seen.workspaces.find((one) => one.name === name && test(one));
    },
    () => seen?.workspaces,
    timeoutMs,
  );
}
