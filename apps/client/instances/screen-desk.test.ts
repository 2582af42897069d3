import { mkdir, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from '../testing/client-bench.ts';
import { untilWorkspace } from '../testing/local-client.ts';

let bench: ClientBench;
let vnc: Server;
beforeAll(async () => {
  bench = await openClientBench();
  await bench.enrol();
  await bench.act('start');
  await untilWorkspace(bench.local, 'lab', (one) => one.state === 'running');
  const { vncSocket } = [...bench.machines.running.values()][0]!;
  await mkdir(dirname(vncSocket), { recursive: true });
  await rm(vncSocket, { force: true });
  vnc = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => vnc.listen(vncSocket, resolve));
}, 60_000);
afterAll(async () => {
  vnc?.close();
  await bench?.close();
});

it('leads to the screen until the workspace is locked, and again after', async () => {
  const { vncSocket } = await bench.local.screen({ params: { name: 'lab' } });
  expect((await stat(dirname(vncSocket))).mode & 0o777).toBe(0o700);
  const viewer = connect(vncSocket);
  const heard = new Promise((resolve) => viewer.once('data', (data) => resolve(String(data))));
  const closed = new Promise((resolve) => viewer.once('close', resolve));
  viewer.on('error', () => undefined);
  viewer.write('hello');
  expect(await heard).toBe('hello');
  await bench.act('lock');
  await closed;

  const refused = connect(vncSocket);
  refused.on('error', () => undefined);
  await new Promise((resolve) => refused.once('close', resolve));
  await bench.act('unlock', { password: bench.server.password });
  expect(await bench.local.screen({ params: { name: 'lab' } })).toEqual({ vncSocket });
});
