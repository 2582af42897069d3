import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchRequest, FetchResult } from '@atelier/adapters/trim-client';
import { defaultPolicy } from '@atelier/domain/workspaces';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openImageStore } from './image-store.ts';
import { openTransferDesk } from './transfer-desk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-desk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A desk whose transfers end when they are told, or are given up. */
function desk() {
  const flights: { readonly request: FetchRequest; finish(): void; readonly given: () => boolean }[] = [];
  const opened = openTransferDesk({
    fetchVersion: (request) =>
      new Promise<FetchResult>((resolve, reject) => {
        let given = false;
        request.signal?.addEventListener('abort', () => {
          given = true;
          setTimeout(() => reject(request.signal?.reason), 20);
        });
        flights.push({ request, finish: () => resolve({ image: 'lab' } as FetchResult), given: () => given });
      }),
    images: openImageStore(folder),
    trust: { read: async () => ({ root: '', seen: {} }), learn: async () => undefined, pin: async () => undefined },
    repository: async () => ({
      baseUrls: ['https://repository.example/'],
      headers: { authorization: 'Bearer x' },
      query: {},
      useClientCertificate: false,
      expiresAt: '2026-01-01T00:00:00Z',
    }),
    clientTls: () => ({ ca: 'PINNED', certificate: 'CERT', privateKey: 'KEY' }),
    clientVersion: '0.1.0',
    hostIndex: join(folder, 'host.index'),
  });
  return { flights, ...opened };
}
const order = (controller = new AbortController(), version = 1) => ({
  image: 'lab',
  version,
  policy: { ...defaultPolicy.update, bandwidthKiBps: 8 },
  signal: controller.signal,
  onProgress: () => undefined,
});
const flying = async (at: ReturnType<typeof desk>, count: number) => {
  while (at.flights.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('shares one transfer, which goes on while anybody wants it', async () => {
  const at = desk();
  const [anna, bert] = [new AbortController(), new AbortController()];
  const first = at.fetch(order(anna));
  const second = at.fetch(order(bert));
  await flying(at, 1);
  anna.abort(new Error('paused'));
  await expect(first).rejects.toThrow('paused');
  expect(at.flights[0]?.given()).toBe(false);
  expect(at.busy('lab')).toBe(true);
  at.flights[0]?.finish();
  expect(await second).toMatchObject({ image: 'lab' });
  expect(at.flights).toHaveLength(1);
  expect(at.busy('lab')).toBe(false);
});

it('gives up when nobody wants it any more, and begins again only after that', async () => {
  const at = desk();
  const anna = new AbortController();
  const first = at.fetch(order(anna));
  await flying(at, 1);
  anna.abort(new Error('paused'));
  await expect(first).rejects.toThrow('paused');
  expect(at.flights[0]?.given()).toBe(true);
  const again = at.fetch(order());
  expect(at.flights).toHaveLength(1);
  await flying(at, 2);
  at.flights[1]?.finish();
  await again;
});

it('asks for what the policy allows', async () => {
  const at = desk();
  const done = at.fetch(order());
  await flying(at, 1);
  const { repository, bandwidthBytesPerSecond, sources, want } = at.flights[0]!.request;
  expect(bandwidthBytesPerSecond).toBe(8192);
  expect(want).toEqual({ version: 1 });
  expect(sources.hostFolders).toEqual([]);
  expect(await repository.headers?.('first')).toEqual({ authorization: 'Bearer x' });
  expect(repository.tls?.ca).toContain('PINNED');
  expect(repository.tls?.key).toBeUndefined();
  at.flights[0]?.finish();
  await done;
});
