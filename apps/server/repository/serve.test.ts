import { once } from 'node:events';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveRepositoryFile } from './serve.ts';

const pack = `packs/${'a'.repeat(64)}.pack`;
const content = Buffer.from(Array.from({ length: 300_000 }, (_, place) => place % 251));
let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-serve-'));
  await mkdir(join(folder, 'packs'));
  await writeFile(join(folder, pack), content);
  await writeFile(join(folder, 'root.json'), '{}');
  await writeFile(join(folder, 'secret.txt'), 'not of the format');
  server = createServer((request, response) => {
    serveRepositoryFile(folder, request.url!.slice(1), request, response).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const answer = await fetch(url + path, { headers, method });
  return { answer, body: Buffer.from(await answer.arrayBuffer()) };
};

it('gives a file whole, with what a cache needs to keep it', async () => {
  const { answer, body } = await get(pack);
  expect(answer.status).toBe(200);
  expect(body.equals(content)).toBe(true);
  expect(answer.headers.get('cache-control')).toContain('immutable');
  expect(answer.headers.get('accept-ranges')).toBe('bytes');
  expect((await get('root.json')).answer.headers.get('cache-control')).toBe('no-cache');
  const again = await get(pack, { 'if-none-match': answer.headers.get('etag')! });
  expect([again.answer.status, again.body.length]).toEqual([304, 0]);
});

it('gives one range, of the file that the caller thinks of', async () => {
  const { answer, body } = await get(pack, { range: 'bytes=1000-1999' });
  expect(answer.status).toBe(206);
  expect(answer.headers.get('content-range')).toBe(`bytes 1000-1999/${content.length}`);
  expect(body.equals(content.subarray(1000, 2000))).toBe(true);
  const etag = answer.headers.get('etag')!;
  expect((await get(pack, { range: 'bytes=0-9', 'if-range': etag })).answer.status).toBe(206);
  expect((await get(pack, { range: 'bytes=0-9', 'if-range': '"other"' })).answer.status).toBe(200);
  const beyond = await get(pack, { range: `bytes=${content.length}-` });
  expect([beyond.answer.status, beyond.answer.headers.get('content-range')]).toEqual([
    416,
    `bytes */${content.length}`,
  ]);
});

it('changes the ETag with the file', async () => {
  const before = (await get('root.json')).answer.headers.get('etag');
  await writeFile(join(folder, 'root.json'), '[]');
  await utimes(join(folder, 'root.json'), 1, 1);
  expect((await get('root.json')).answer.headers.get('etag')).not.toBe(before);
});

it('answers HEAD without a body, and has nothing but the format’s files', async () => {
  const { answer, body } = await get(pack, {}, 'HEAD');
  expect([answer.status, answer.headers.get('content-length'), body.length]).toEqual([200, String(content.length), 0]);
  for (const path of ['', 'packs', 'packs/', 'secret.txt', 'packs/%61.pack', `packs/${'b'.repeat(64)}.pack`])
    expect((await get(path)).answer.status, path).toBe(404);
});
