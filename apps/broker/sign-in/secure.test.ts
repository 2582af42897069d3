import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { secure } from './secure.ts';
import type { TlsIdentity } from './tls-identity.ts';

const server = createServer({ allowHalfOpen: true });
afterAll(() => server.close());

/** A socket whose peer said `more` and its last while nobody read on, as while a token is looked up. */
async function leftBy(more: string): Promise<Socket> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const dial = async () => {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(port, '127.0.0.1').on('error', () => {});
    return [client, (await connected)[0]] as const;
  };
  const [client, socket] = await dial();
  client.write('first');
  await once(socket, 'data');
  socket.pause();
  client.end(more);
  await expect.poll(() => socket.readableLength).toBe(more.length);
  // What came after it is there: so its last is, too.
  const [later, same] = await dial();
  later.end('x');
  await once(same.resume(), 'end');
  later.destroy();
  same.destroy();
  return socket;
}

it.each([
  ['nothing more', ''],
  ['something that is no tls', 'more'],
])('does not wait for a client that said %s and hung up before tls began', async (_, more) => {
  const socket = await leftBy(more);
  const never = new AbortController().signal;
  await expect(secure(socket, {} as TlsIdentity, never)).rejects.toThrow('tls was not established');
  expect(socket.destroyed).toBe(true);
});
