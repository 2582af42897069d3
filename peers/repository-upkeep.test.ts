import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fetchVersion, readLocalIndex } from '@atelier/adapters/trim-client';
import { pinRoot } from '@atelier/trim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollDevice, type FakeDevice } from './lifecycle/fake-device.ts';
import { endOf, type LifecycleServer, lifecycleServer, password } from './lifecycle/running-server.ts';

// The repository behind a real server: what it says a transfer takes is what it takes, and its packs are rewritten under
// clients that go on fetching.

let given: LifecycleServer;
let device: FakeDevice;
let folder: string;
const image = 'desk';
const parts = Array.from({ length: 8 }, () => randomBytes(256 * 4096));
const disk = (...places: number[]) => Buffer.concat(places.map((place) => parts[place] as Buffer));
const disks = [disk(0, 1, 2, 3, 4, 5), disk(0, 6), Buffer.concat([disk(0), Buffer.from('shifted'), disk(6)])];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-upkeep-'));
  given = await lifecycleServer();
  await given.api.images.create({ body: { name: image, encrypted: true } });
  await given.api.workspaces.create({ body: { name: 'desk', image, channel: 'stable' } });
  await given.api.workspaces.assign({ params: { id: 'desk' }, body: { principal: { kind: 'group', id: 'everyone' } } });
  device = await enrollDevice(given);
  await device.api.device.signIn({ body: { name: 'owner', password } });
  for (const bytes of disks) await publish(bytes);
  await given.api.images.promote({ params: { name: image, channel: 'stable' }, body: { version: 3 } });
});
afterAll(async () => {
  await given?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function publish(bytes: Buffer): Promise<void> {
  const body = { format: 'raw' as const, sizeBytes: bytes.length };
  const { number } = await given.api.images.createVersion({ params: { name: image }, body });
  const params = { name: image, number };
  await given.api.images.upload({ params, query: { offset: 0 } }, { content: Readable.from([bytes]) });
  for (const step of ['pack', 'push'] as const)
    expect(await endOf(given.api, await given.api.images[step]({ params }))).toMatchObject({ state: 'done' });
}

async function fetched(
  want: { version: number } | { channel: string },
  name: string,
  previous: readonly string[] = [],
) {
  const access = await device.api.device.repository();
  return fetchVersion({
    repository: { baseUrls: access.baseUrls, headers: async () => access.headers, tls: { ca: given.server.ca } },
    trust: pinRoot(device.enrolled.repositoryRoot),
    image,
    want,
    target: join(folder, name),
    sources: {
      previous: previous.map((one) => ({ diskPath: join(folder, one), indexPath: join(folder, `${one}.index`) })),
      partialDir: folder,
    },
    contentKey: async (keyId) =>
      Buffer.from((await device.api.device.imageKey({ params: { image, keyId } })).key, 'base64'),
  });
}
const plan = (from: string, number = 3) => given.api.images.plan({ params: { name: image, number }, query: { from } });

describe('a forecast', () => {
  it('says what a transfer then takes, from a version and from nothing', async () => {
    const first = await fetched({ version: 2 }, 'two');
    const fresh = await plan('', 2);
    expect(fresh).toMatchObject({ bySource: { network: first.bySource.network }, from: [], to: 2 });
    // the client also asks for root.json, latest.json and the manifest
    expect(first.wireBytes - fresh.wireBytes).toBeGreaterThan(0);
    expect(first.wireBytes - fresh.wireBytes).toBeLessThan(20_000);
    const update = await fetched({ channel: 'stable' }, 'three', ['two']);
    const said = await plan('2');
    expect(said.deltaFrames).toBeGreaterThan(0);
    expect(update.bySource).toMatchObject(said.bySource);
    expect(update.wireBytes - said.wireBytes).toBeLessThan(20_000);
    expect(said.wireBytes).toBeLessThan(fresh.wireBytes / 5);
  });

  it('goes over the fleet by the versions that endpoints have', async () => {
    await given.database.db
      .insertInto('workspace_instance')
      .values({
        id: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
        endpoint_id: device.id,
        user_id: (await given.api.people.listUsers()).items[0]!.id,
        workspace_id: (await given.api.workspaces.list()).items[0]!.id,
        version_number: 2,
      })
      .execute();
    const { ways, fleet } = await given.api.images.forecast({ params: { name: image, number: 3 } });
    expect(ways.map(({ plan: { from }, endpoints }) => [from[0], endpoints])).toEqual([
      [undefined, 0],
      [2, 1],
      [1, 0],
    ]);
    expect(fleet).toEqual({ endpoints: 1, wireBytes: (await plan('2')).wireBytes });
    await expect(plan('9')).rejects.toMatchObject({ problem: { code: 'image.not-found' } });
  });

  it('comes with what each version takes in the repository', async () => {
    const { result } = await endOf(given.api, await given.api.images.stats({ params: { name: image } }));
    const { versions } = result as { versions: { version: number; uniqueBytes: number; costs: object[] }[] };
    expect(versions.map(({ version, costs }) => [version, costs.length])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(versions[0]?.uniqueBytes).toBeGreaterThan(4 * 256 * 4096);
  });
});

describe('repacking', () => {
  it('frees what a removed version has left, while channels and versions go on being fetched', async () => {
    await given.api.images.retire({ params: { name: image, number: 1 } });
    await given.api.images.removeVersion({ params: { name: image, number: 1 } });
    const before = await given.api.images.getVersion({ params: { name: image, number: 3 } });
    const run = async (dryRun: boolean) =>
      await endOf(given.api, await given.api.images.repack({ body: { dryRun, mibPerSecond: 0 } }));
    expect(await run(true)).toMatchObject({ state: 'done', result: { packs: 1, versions: 0 } });
    expect(await run(false)).toMatchObject({ state: 'done', result: { packs: 1, versions: 2 } });
    const after = await given.api.images.getVersion({ params: { name: image, number: 3 } });
    expect(after.manifestDigest).not.toBe(before.manifestDigest);
    const { result } = await endOf(given.api, await given.api.images.fsck());
    expect(result).toEqual({ findings: [] });
    await fetched({ channel: 'stable' }, 'three-again');
    expect(Buffer.compare(await readFile(join(folder, 'three-again')), disks[2] as Buffer)).toBe(0);
    expect((await readLocalIndex(join(folder, 'three-again.index'))).manifest.index.named).toBe(true);
    const { items } = await given.api.audit.list({ query: { objectKind: 'repository' } });
    expect(items.map(({ verb, actor }) => [verb, actor.name])).toContainEqual(['repository.repack', 'owner']);
    // what was replaced is kept for a day for those who are reading it
    expect((await endOf(given.api, await given.api.images.gc({ body: {} }))).result).toMatchObject({ removed: 0 });
    await publish(disk(6, 0));
    await fetched({ version: 4 }, 'four', ['three-again']);
    expect(Buffer.compare(await readFile(join(folder, 'four')), disk(6, 0))).toBe(0);
  });
});
