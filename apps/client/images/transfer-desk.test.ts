import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FetchRequest, FetchResult } from '@atelier/adapters/trim-client';
import { defaultTransferPolicy, type Pace, type TransferPolicy, transferPolicySchema } from '@atelier/domain/transfers';
import { defaultPolicy } from '@atelier/domain/workspaces';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ClientDatabase, openClientDatabase } from '../state/client-database.ts';
import { openManners } from '../transfers/manners.ts';
import { openImageStore } from './image-store.ts';
import { openTransferDesk, type TransferOrder } from './transfer-desk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-desk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

let conditions: { battery: boolean; metered: boolean | null };
let policy: TransferPolicy;
let database: ClientDatabase;
beforeEach(() => {
  conditions = { battery: false, metered: null };
  policy = defaultTransferPolicy;
  database = openClientDatabase(':memory:');
});
afterEach(() => database.close());

/** A desk whose transfers end when they are told, or are given up. */
function desk(repository?: () => Promise<never>) {
  const flights: { readonly request: FetchRequest; finish(): void; readonly given: () => boolean }[] = [];
  const manners = openManners({
    database,
    policy: () => policy,
    battery: async () => conditions.battery,
    metered: async () => conditions.metered,
    everyMs: 10,
  });
  const told: string[] = [];
  const opened = openTransferDesk({
    manners,
    policy: () => policy,
    peers: async () => [],
    cache: () => undefined,
    speeds: new Map(),
    events: { add: (name) => told.push(name) },
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
    keys: { key: async () => new Uint8Array(32) },
    trust: { read: async () => ({ root: '', seen: {} }), learn: async () => undefined, pin: async () => undefined },
    repository:
      repository ??
      (async () => ({
        baseUrls: ['https://repository.example/'],
        headers: { authorization: 'Bearer x' },
        query: { sig: 'y' },
        useClientCertificate: false,
        expiresAt: '2026-01-01T00:00:00Z',
      })),
    clientTls: () => ({ ca: 'PINNED', certificate: 'CERT', privateKey: 'KEY' }),
    clientVersion: '0.1.0',
    hostIndex: join(folder, 'host.index'),
  });
  return { flights, manners, told, ...opened };
}
const order = (
  controller = new AbortController(),
  version = 1,
  change: Partial<TransferOrder> = {},
): TransferOrder => ({
  image: 'lab',
  version,
  policy: { ...defaultPolicy.update, bandwidthKiBps: 8 },
  signal: controller.signal,
  onProgress: () => undefined,
  onPace: () => undefined,
  wish: () => ({ asked: 'policy', askedAt: 1, bandwidthKiBps: 8 }),
  ...change,
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
  expect((bandwidthBytesPerSecond as () => number)()).toBe(8192);
  expect(await repository.query?.('first')).toEqual({ sig: 'y' });
  expect(at.flights[0]!.request.background).toBe(true);
  expect(want).toEqual({ version: 1 });
  expect(sources.hostFolders).toEqual([]);
  expect(await repository.headers?.('first')).toEqual({ authorization: 'Bearer x' });
  expect(repository.tls?.ca).toContain('PINNED');
  expect(repository.tls?.key).toBeUndefined();
  at.flights[0]?.finish();
  await done;
});

const person: Partial<TransferOrder> = {
  wish: () => ({ asked: 'person', askedAt: Date.now() + 1000, bandwidthKiBps: 0 }),
};
const until = async (what: () => unknown) => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('waits on battery, goes on by itself, and stops again in the middle', async () => {
  const at = desk();
  conditions = { battery: true, metered: null };
  const paces: Pace[] = [];
  const done = at.fetch(order(undefined, 1, { onPace: (pace) => paces.push(pace) }));
  await until(() => paces.length > 0);
  expect(paces).toEqual([{ state: 'wait', because: 'battery', until: null }]);
  expect(at.busy('lab')).toBe(true);
  conditions = { battery: false, metered: null };
  at.manners.reconsider();
  await flying(at, 1);
  conditions = { battery: false, metered: true };
  at.manners.reconsider();
  await until(() => at.flights[0]?.given());
  await until(() => paces.length === 3);
  expect(paces[2]).toMatchObject({ because: 'metered' });
  conditions = { battery: false, metered: false };
  at.manners.reconsider();
  await flying(at, 2);
  at.flights[1]?.finish();
  await done;
});

it('begins anew at normal priority when a person comes to want it, and takes the person’s word', async () => {
  const at = desk();
  const first = at.fetch(order());
  await flying(at, 1);
  expect(at.flights[0]?.request.background).toBe(true);
  const second = at.fetch(order(undefined, 1, person));
  await flying(at, 2);
  expect(at.flights[1]?.request.background).toBe(false);
  at.flights[1]?.finish();
  await Promise.all([first, second]);

  at.manners.say('pause');
  const paces: Pace[] = [];
  const third = at.fetch(order(undefined, 2, { onPace: (pace) => paces.push(pace) }));
  await until(() => paces.length > 0);
  expect(paces[0]).toMatchObject({ because: 'person' });
  at.manners.say('now');
  await flying(at, 3);
  expect(at.flights[2]?.request.background).toBe(false);
  at.flights[2]?.finish();
  await third;
  expect(at.manners.hold).toEqual({ pausedAt: null, anyway: false });
});

it('follows a limit that changes, without beginning anew', async () => {
  const at = desk();
  const done = at.fetch(order());
  await flying(at, 1);
  const limit = at.flights[0]?.request.bandwidthBytesPerSecond as () => number;
  expect(limit()).toBe(8192);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  policy = transferPolicySchema.parse({ windows: [{ days, from: '00:00', to: '24:00', bandwidthKiBps: 3 }] });
  at.reconsider();
  expect(limit()).toBe(3072);
  expect(at.flights).toHaveLength(1);
  at.flights[0]?.finish();
  await done;
});

it('keeps a pause over a restart', () => {
  const at = desk();
  at.manners.say('pause');
  expect(desk().manners.hold.pausedAt).not.toBeNull();
  at.manners.say('resume');
  expect(desk().manners.hold.pausedAt).toBeNull();
});

it('goes on from a medium when the server cannot be reached', async () => {
  const stick = join(folder, 'media', 'atelier');
  await mkdir(stick, { recursive: true });
  await writeFile(join(stick, 'root.json'), '{}');
  policy = transferPolicySchema.parse({ media: { enabled: true, folders: [join(folder, '*', 'atelier')] } });
  const at = desk(() => Promise.reject(new Error('the server does not answer')));
  const done = at.fetch(order());
  await flying(at, 1);
  const { repository, sources } = at.flights[0]!.request;
  expect(repository.baseUrls).toEqual([]);
  expect(sources.media).toEqual([stick]);
  at.flights[0]?.finish();
  await done;
  policy = defaultTransferPolicy;
  await expect(at.fetch(order(undefined, 2))).rejects.toThrow('does not answer');
});
