import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { connectQmp, type QmpClient, type QmpEvent } from './qmp-client.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Answer = (command: { execute: string; id: string }, socket: Socket) => void;

/** A QEMU that greets, and answers as `answer` says. */
async function pretend(answer: Answer, greeting = '{"QMP":{"version":{}}}\r\n'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-qmp-'));
  const path = join(folder, 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const command = JSON.parse(line);
        if (command.execute === 'qmp_capabilities') socket.write(`{"return":{},"id":"${command.id}"}\r\n`);
        else answer(command, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  open.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });
  return path;
}

async function client(path: string): Promise<QmpClient> {
  const qmp = await connectQmp(path, { timeoutMs: 5000 });
  open.push(() => qmp.close());
  return qmp;
}

test('answers find their commands in any order, events go to listeners', async () => {
  const held: string[] = [];
  const path = await pretend(({ id }, socket) => {
    held.push(id);
    if (held.length < 2) return;
    socket.write('{"event":"STOP","data":{"a":1}}\r\n');
    for (const late of held.reverse()) socket.write(`{"return":"${late}","id":"${late}"}\r\n`);
  });
  const qmp = await client(path);
  const events: QmpEvent[] = [];
  const stop = qmp.onEvent((event) => events.push(event));
  const [first, second] = await Promise.all([qmp.execute('one'), qmp.execute('two')]);
  expect(Number(second) - Number(first)).toBe(1);
  expect(events).toEqual([{ event: 'STOP', data: { a: 1 } }]);
  stop();
});

test('a refused command throws with the words of QEMU', async () => {
  const path = await pretend(({ id }, socket) => {
    socket.write(`{"error":{"class":"CommandNotFound","desc":"no such thing"},"id":"${id}"}\n`);
  });
  await expect((await client(path)).execute('x')).rejects.toMatchObject({
    code: 'vm.qmp-failed',
    message: 'QEMU refused "x": no such thing',
    extra: { class: 'CommandNotFound' },
  });
});

test('no answer is a time-out, and its late answer harms nobody', async () => {
  const path = await pretend(({ execute, id }, socket) => {
    if (execute === 'quick') socket.write(`{"return":1,"id":"0"}\n{"return":2,"id":"${id}"}\n`);
  });
  const qmp = await client(path);
  await expect(qmp.execute('slow', undefined, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'vm.timeout' });
  expect(await qmp.execute('quick')).toBe(2);
});

test('the signal ends a wait', async () => {
  const qmp = await client(await pretend(() => undefined));
  const control = new AbortController();
  const waiting = qmp.execute('slow', undefined, { signal: control.signal });
  control.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('when QEMU goes, every wait ends', async () => {
  const qmp = await client(await pretend((_, socket) => socket.destroy()));
  await expect(qmp.execute('quit')).rejects.toMatchObject({ code: 'vm.qmp-closed' });
  await qmp.closed;
  await expect(qmp.execute('again')).rejects.toMatchObject({ code: 'vm.qmp-closed' });
});

test('something else than QMP is refused', async () => {
  const path = await pretend(() => undefined, 'SSH-2.0-OpenSSH\r\n');
  await expect(connectQmp(path, { timeoutMs: 5000 })).rejects.toMatchObject({ code: 'vm.qmp-protocol' });
  await expect(connectQmp(`${path}-missing`)).rejects.toMatchObject({ code: 'vm.qmp-closed' });
});

test('no more than 64 commands wait', async () => {
  const qmp = await client(await pretend(() => undefined));
  const waiting = Array.from({ length: 64 }, () => qmp.execute('slow').catch((error) => error.code));
  await expect(qmp.execute('one too many')).rejects.toMatchObject({ code: 'vm.timeout' });
  qmp.close();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['vm.qmp-closed']));
});
