import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOpening } from './read-opening.ts';

const server = createServer();
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});

async function pair(): Promise<{ client: Socket; ours: Socket }> {
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  const [ours] = (await accepted) as [Socket];
  ours.on('error', () => {});
  return { client, ours };
}
const request = writeConnectionRequest({
  cookie: 'bob',
  routingToken: null,
  negotiation: { flags: 0, protocols: securityProtocol.tls },
  correlationId: null,
});

it('reads an opening in pieces, keeps what came behind it, and leaves the socket paused', async () => {
  const { client, ours } = await pair();
  const reading = readOpening(ours, 5000);
  for (const byte of request.subarray(0, -1)) client.write(Buffer.from([byte]));
  client.write(Buffer.concat([request.subarray(-1), Buffer.from('behind')]));
  const opening = await reading;
  if (opening.kind !== 'opening') throw new Error(opening.why);
  expect([opening.request.cookie, String(opening.rest), ours.isPaused()]).toEqual(['bob', 'behind', true]);
  client.destroy();
  ours.destroy();
});

it('says what is no opening, what comes too late, and who hangs up', async () => {
  const wrong = await pair();
  wrong.client.write('GET / HTTP/1.1\r\n\r\n');
  expect(await readOpening(wrong.ours, 5000)).toMatchObject({ kind: 'malformed' });
  const late = await pair();
  late.client.write(request.subarray(0, 5));
  expect(await readOpening(late.ours, 50)).toMatchObject({ kind: 'late' });
  const gone = await pair();
  const reading = readOpening(gone.ours, 5000);
  gone.client.end();
  expect(await reading).toMatchObject({ kind: 'closed' });
  for (const { client, ours } of [wrong, late, gone]) {
    client.destroy();
    ours.destroy();
  }
});
