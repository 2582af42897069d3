import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createGuestAgent } from './guest-agent-calls.ts';
import { connectGuestAgent } from './guest-agent-link.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Command {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A guest agent that synchronises, and answers everything else as told. */
async function pretend(answer: (command: Command, socket: Socket) => void, stale = '') {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-qga-'));
  const path = join(folder, 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(stale);
    let rest = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text.replaceAll('\xff', '')).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const command = JSON.parse(line) as Command;
        if (command.execute !== 'guest-sync-delimited') answer(command, socket);
        else socket.write(Buffer.concat([Buffer.of(0xff), Buffer.from(`{"return":${command.arguments.id}}\n`)]));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const link = connectGuestAgent(path);
  open.push(async () => {
    link.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });
  return { link, sockets };
}

test('what is left of an earlier conversation is thrown away', async () => {
  const stale = '{"return":"old"}\n{"return":{"half":';
  const { link } = await pretend((_, socket) => socket.write('{"return":"new"}\n'), stale);
  expect(await link.call('guest-ping')).toBe('new');
});

test('after a time-out the line is made anew, so that the late answer is not taken for another', async () => {
  let asked = 0;
  const { link, sockets } = await pretend((_, socket) => {
    asked++;
    if (asked > 1) socket.write(`{"return":${asked}}\n`);
  });
  await expect(link.call('slow', undefined, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'vm.timeout' });
  expect(await link.call('quick')).toBe(2);
  expect(sockets.size).toBe(2);
});

test('commands go one after the other', async () => {
  let inHand = 0;
  let most = 0;
  const { link } = await pretend((_, socket) => {
    most = Math.max(most, ++inHand);
    setImmediate(() => {
      inHand--;
      socket.write('{"return":{}}\n');
    });
  });
  await Promise.all(Array.from({ length: 8 }, () => link.call('x')));
  expect(most).toBe(1);
});

test('a refusal keeps the line; words that are no JSON break it', async () => {
  const { link, sockets } = await pretend(({ execute }, socket) => {
    if (execute === 'no') socket.write('{"error":{"class":"GenericError","desc":"not here"}}\n');
    else if (execute === 'noise') socket.write('login: \n');
    else socket.write('{"return":1}\n');
  });
  await expect(link.call('no')).rejects.toMatchObject({
    code: 'vm.agent-failed',
    message: expect.stringContaining('not here'),
  });
  expect(await link.call('x')).toBe(1);
  expect(sockets.size).toBe(1);
  await expect(link.call('noise')).rejects.toMatchObject({ code: 'vm.agent-protocol' });
  expect(await link.call('x')).toBe(1);
});

test('a command that is answered only on failure waits for that a moment', async () => {
  const { link } = await pretend(({ execute }, socket) => {
    if (execute === 'bad') socket.write('{"error":{"desc":"cannot"}}\n');
  });
  await link.send('guest-shutdown', {}, 20);
  await expect(link.send('bad', {}, 1000)).rejects.toMatchObject({ code: 'vm.agent-failed' });
});

test('a guest that writes less than it was given is given the rest; one that lies is found out', async () => {
  const written: string[] = [];
  const { link } = await pretend(({ execute, arguments: given }, socket) => {
    if (execute === 'guest-file-open') socket.write(`{"return":${given.path === '/lie' ? 2 : 1}}\n`);
    else if (execute !== 'guest-file-write') socket.write('{"return":{}}\n');
    else if (given.handle === 2) socket.write('{"return":{"count":999999}}\n');
    else {
      const part = Buffer.from(String(given['buf-b64']), 'base64').toString().slice(0, 3);
      written.push(part);
      socket.write(`{"return":{"count":${part.length}}}\n`);
    }
  });
  const agent = createGuestAgent(link);
  await agent.writeFile('/x', 'abcdefgh');
  expect(written).toEqual(['abc', 'def', 'gh']);
  await expect(agent.writeFile('/lie', 'abc')).rejects.toMatchObject({ code: 'vm.agent-protocol' });
});
