import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { pinRoot } from '@atelier/trim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollDevice, type FakeDevice } from './lifecycle/fake-device.ts';
import { endOf, type LifecycleServer, lifecycleServer, password } from './lifecycle/running-server.ts';

// An encrypted image from its first version to the rotation of its key, against a real server; what lies in its repository is
// read as a thief would.

let given: LifecycleServer;
let device: FakeDevice;
let folder: string;
const disk = Buffer.concat(Array.from({ length: 64 }, () => randomBytes(4096)));
const changed = Buffer.concat([disk.subarray(0, 32 * 4096), randomBytes(32 * 4096)]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-keys-'));
  given = await lifecycleServer();
  await given.api.images.create({ body: { name: 'vault', encrypted: true } });
  await given.api.images.create({ body: { name: 'other', encrypted: true } });
  await given.api.workspaces.create({ body: { name: 'vault', image: 'vault', channel: 'stable' } });
  await given.api.workspaces.create({ body: { name: 'other', image: 'other', channel: 'stable' } });
  await given.api.workspaces.assign({
    params: { id: 'vault' },
    body: { principal: { kind: 'group', id: 'everyone' } },
  });
  device = await enrollDevice(given);
});
afterAll(async () => {
  await given?.stop();
  await rm(folder, { recursive: true, force: true });
});

const problem = (code: string) => ({ problem: { code } });
const image = async (name = 'vault') => (await given.api.images.get({ params: { name } })).encryption!;
const keyFor = (name: string, keyId: string, from = device) =>
  from.api.device.imageKey({ params: { image: name, keyId } });

async function publish(bytes: Buffer): Promise<number> {
  const body = { format: 'raw' as const, sizeBytes: bytes.length };
  const { number } = await given.api.images.createVersion({ params: { name: 'vault' }, body });
  const params = { name: 'vault', number };
  await given.api.images.upload({ params, query: { offset: 0 } }, { content: Readable.from([bytes]) });
  expect(await endOf(given.api, await given.api.images.pack({ params }))).toMatchObject({ state: 'done' });
  expect(await endOf(given.api, await given.api.images.push({ params }))).toMatchObject({ state: 'done' });
  return number;
}

async function fetched(version: number, contentKey?: (keyId: string) => Promise<Uint8Array>): Promise<Buffer> {
  const access = await device.api.device.repository();
  const target = join(folder, `${version}-${randomBytes(4).toString('hex')}.raw`);
  await fetchVersion({
    repository: { baseUrls: access.baseUrls, headers: async () => access.headers, tls: { ca: given.server.ca } },
    trust: pinRoot(device.enrolled.repositoryRoot),
    image: 'vault',
    want: { version },
    target,
    sources: { previous: [], partialDir: folder },
    contentKey,
  });
  return readFile(target);
}

const fromServer = async (keyId: string) => Buffer.from((await keyFor('vault', keyId)).key, 'base64');

describe('an encrypted image', () => {
  it('gives its key only to endpoints on which somebody may use it', async () => {
    const { keyId } = await image();
    await expect(keyFor('vault', keyId)).rejects.toMatchObject(problem('image.no-key'));
    await device.api.device.signIn({ body: { name: 'owner', password } });
    expect(Buffer.from((await keyFor('vault', keyId)).key, 'base64')).toHaveLength(32);
    await expect(keyFor('other', (await image('other')).keyId)).rejects.toMatchObject(problem('image.no-key'));
    await expect(keyFor('vault', (await image('other')).keyId)).rejects.toMatchObject(problem('image.no-key'));
  });

  it('is fetched with it and opened by nobody else, and a leaked repository tells nothing of it', async () => {
    const version = await publish(disk);
    expect(Buffer.compare(await fetched(version, fromServer), disk)).toBe(0);
    await expect(fetched(version)).rejects.toMatchObject({ code: 'trim.key-missing' });
    await expect(fetched(version, async () => randomBytes(32))).rejects.toMatchObject({ code: 'trim.key-missing' });
    const root = join(given.stateDir, 'repository');
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    const leaked = Buffer.concat(await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name)))));
    for (let at = 0; at < disk.length; at += 4096) {
      const block = disk.subarray(at, at + 4096);
      expect(leaked.indexOf(block.subarray(0, 32))).toBe(-1);
      expect(leaked.indexOf(createHash('sha256').update(block).digest().subarray(0, 8))).toBe(-1);
    }
    expect(leaked.indexOf(await fromServer((await image()).keyId))).toBe(-1);
  });

  it('has a new key for new versions when told, and its old ones stay readable', async () => {
    const before = await image();
    await given.api.images.rotateKey({ params: { name: 'vault' } });
    const after = await image();
    expect([after.keys, after.keyId === before.keyId]).toEqual([2, false]);
    const version = await publish(changed);
    const asked: string[] = [];
    const noting = async (keyId: string) => {
      asked.push(keyId);
      return fromServer(keyId);
    };
    expect(Buffer.compare(await fetched(version, noting), changed)).toBe(0);
    expect(Buffer.compare(await fetched(version - 1, noting), disk)).toBe(0);
    expect(asked).toEqual([after.keyId, before.keyId]);
    const { items } = await given.api.audit.list({ query: { objectKind: 'image' } });
    const [entry] = items.filter(({ verb }) => verb === 'image.rotate-key');
    expect(entry).toMatchObject({ object: { name: 'vault' }, actor: { kind: 'user' } });
    expect(JSON.stringify(items)).not.toContain((await keyFor('vault', after.keyId)).key);
    await given.api.images.create({ body: { name: 'plain' } });
    await expect(given.api.images.rotateKey({ params: { name: 'plain' } })).rejects.toMatchObject(
      problem('image.no-key'),
    );
  });

  it('is checked whole by the server, which has the keys', async () => {
    const { result } = await endOf(given.api, await given.api.images.fsck());
    expect(result).toMatchObject({ findings: [] });
  });

  it('gives no key to an endpoint that was revoked, and forgets keys with the image', async () => {
    const { keyId } = await image();
    await given.api.endpoints.revoke({ params: { id: device.id } });
    await expect(keyFor('vault', keyId)).rejects.toMatchObject({ problem: { status: 401 } });
    const secrets = () =>
      given.database.db.selectFrom('secret').select('key').where('key', 'like', 'image-key/%').execute();
    expect(await secrets()).toHaveLength(3);
    await given.api.workspaces.remove({ params: { id: 'vault' } });
    await given.api.images.remove({ params: { name: 'vault' } });
    expect(await secrets()).toHaveLength(1);
  });
});
