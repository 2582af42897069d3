import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { pinRoot } from '@atelier/trim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskFolder, importDisk, noise } from './lifecycle/disks.ts';
import { enrollDevice, type FakeDevice } from './lifecycle/fake-device.ts';
import { endOf, type LifecycleServer, lifecycleServer, until } from './lifecycle/running-server.ts';

// An image from the disk that somebody brings to the version that an endpoint has, through the server's own doors.

let given: LifecycleServer;
let disks: Awaited<ReturnType<typeof diskFolder>>;
let device: FakeDevice;
const shared = noise(3_000_000);

beforeAll(async () => {
  [given, disks] = await Promise.all([lifecycleServer(), diskFolder()]);
  device = await enrollDevice(given);
});
afterAll(async () => {
  await given?.stop();
  await disks?.remove();
});

const image = (name: string) => given.api.images.create({ body: { name } });
const at = (name: string, number: number) => ({ params: { name, number } });
const state = async (name: string, number: number) => (await given.api.images.getVersion(at(name, number))).state;
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

async function publish(name: string, number: number): Promise<void> {
  for (const verb of ['pack', 'push'] as const) {
    const task = await endOf(given.api, await given.api.images[verb](at(name, number)));
    expect(task, `${verb} of ${name}/${number}`).toMatchObject({ state: 'done', error: null });
  }
}

/** Fetches as an endpoint does: with the credentials that the server gives, into a folder of its own. */
async function fetchTo(target: string, name: string, want: { channel: string } | { version: number }, from?: string) {
  const access = await device.api.device.repository();
  const partialDir = await mkdtemp(join(disks.folder, 'partial-'));
  return await fetchVersion({
    repository: { baseUrls: access.baseUrls, headers: async () => access.headers, tls: { ca: given.server.ca } },
    trust: pinRoot(device.enrolled.repositoryRoot),
    image: name,
    want,
    target,
    sources: { partialDir, previous: from ? [{ diskPath: from, indexPath: `${from}.index` }] : [] },
  });
}

describe('bringing a disk', () => {
  it.each(['raw', 'qcow2', 'vmdk', 'vhdx'] as const)('takes %s, and every byte of the disk arrives', async (format) => {
    const name = `from-${format}`;
    await image(name);
    const raw = await disks.raw(name, { hello: format, shared });
    const path = format === 'raw' ? raw : disks.convert(raw, format);
    expect(await importDisk(given.api, name, path, format)).toMatchObject({ state: 'draft', number: 1 });
    await publish(name, 1);
    expect(await given.api.images.getVersion(at(name, 1))).toMatchObject({
      state: 'available',
      diskBytes: 48 * 1024 ** 2,
    });
    const target = join(disks.folder, `${name}.fetched`);
    const fetched = await fetchTo(target, name, { version: 1 });
    expect(await sha256(target)).toBe(await sha256(raw));
    expect(fetched.manifestDigest).toBe((await given.api.images.getVersion(at(name, 1))).manifestDigest);
  });

  it('refuses a disk that refers to another file, and can try again', async () => {
    await image('backed');
    const backed = disks.withBackingFile(await disks.raw('backed-base', { hello: 'x' }));
    await importDisk(given.api, 'backed', backed, 'qcow2');
    const task = await endOf(given.api, await given.api.images.pack(at('backed', 1)));
    expect(task).toMatchObject({ state: 'failed', error: { code: 'image.foreign-reference' } });
    const version = await given.api.images.getVersion(at('backed', 1));
    expect(version).toMatchObject({ state: 'failed' });
    expect(version.error).toContain('image.foreign-reference');
    expect(await endOf(given.api, await given.api.images.pack(at('backed', 1)))).toMatchObject({ state: 'failed' });
    await given.api.images.removeVersion(at('backed', 1));
    await expect(given.api.images.getVersion(at('backed', 1))).rejects.toMatchObject({
      problem: { code: 'image.not-found' },
    });
    expect(await readdir(join(given.stateDir, 'drafts'))).not.toContain(version.id);
  });

  it('refuses a file of another format than was said', async () => {
    await image('liar');
    const raw = await disks.raw('liar', { hello: 'x' });
    await importDisk(given.api, 'liar', raw, 'qcow2');
    expect(await endOf(given.api, await given.api.images.pack(at('liar', 1)))).toMatchObject({ state: 'failed' });
    expect((await given.api.images.getVersion(at('liar', 1))).error).toContain('image.bad-disk-file');
    await given.api.images.removeVersion(at('liar', 1));
  });

  it('lets a pack be cancelled, also before it began, and tried again', async () => {
    await image('cancelled');
    await importDisk(given.api, 'cancelled', await disks.raw('cancelled', { shared }), 'raw');
    const { taskId } = await given.api.images.pack(at('cancelled', 1));
    await given.api.tasks.cancel({ params: { id: taskId } });
    await endOf(given.api, { taskId });
    await until(async () => ['failed', 'packed'].includes(await state('cancelled', 1)));
    if ((await state('cancelled', 1)) === 'failed')
      expect(await endOf(given.api, await given.api.images.pack(at('cancelled', 1)))).toMatchObject({ state: 'done' });
    expect(await state('cancelled', 1)).toBe('packed');
    await given.api.images.removeVersion(at('cancelled', 1));
  });

  it('goes on with an upload where the connection broke, and refuses gaps and too much', async () => {
    await image('resumed');
    const raw = await disks.raw('resumed', { shared });
    const path = disks.convert(raw, 'qcow2');
    const { size } = await stat(path);
    await given.api.images.createVersion({ params: { name: 'resumed' }, body: { format: 'qcow2', sizeBytes: size } });
    const half = Math.floor(size / 2);
    const breaking = Readable.from(
      (async function* () {
        yield* createReadStream(path, { end: half - 1 });
        throw new Error('the cable was pulled');
      })(),
    );
    await expect(given.api.images.upload(at('resumed', 1), { content: breaking })).rejects.toThrow();
    const received = await until(async () => (await given.api.images.getVersion(at('resumed', 1))).receivedBytes);
    expect(received).toBeLessThanOrEqual(half);
    await expect(given.api.images.pack(at('resumed', 1))).rejects.toMatchObject({
      problem: { code: 'image.upload-mismatch', extra: { receivedBytes: received } },
    });
    const upload = (offset: number, content: Readable) =>
      given.api.images.upload({ ...at('resumed', 1), query: { offset } }, { content });
    await expect(upload(received + 1, createReadStream(path))).rejects.toMatchObject({
      problem: { code: 'image.upload-mismatch' },
    });
    await expect(upload(received, createReadStream(path))).rejects.toThrow();
    const rest = await given.api.images.getVersion(at('resumed', 1));
    const done = await upload(rest.receivedBytes, createReadStream(path, { start: rest.receivedBytes }));
    expect(done.receivedBytes).toBe(size);
    await publish('resumed', 1);
    await fetchTo(join(disks.folder, 'resumed.fetched'), 'resumed', { version: 1 });
    expect(await sha256(join(disks.folder, 'resumed.fetched'))).toBe(await sha256(raw));
  });
});

describe('versions and channels', () => {
  it('brings version 2 by delta, moves the channel, and guards what is in use', async () => {
    await image('lab');
    const one = await disks.raw('lab-1', { version: '1', shared });
    // Changed a little in many places, as an upgrade does: similar blocks, but few equal ones.
    const changed = shared.replace(/(.{20000}).{8}/gs, '$1--------');
    const two = await disks.raw('lab-2', { version: '2', shared: changed, more: noise(20_000) });
    await importDisk(given.api, 'lab', disks.convert(one, 'qcow2'), 'qcow2');
    await expect(
      given.api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: 1 } }),
    ).rejects.toMatchObject({ problem: { code: 'image.wrong-state' } });
    await publish('lab', 1);
    await given.api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: 1 } });
    const first = join(disks.folder, 'lab-1.fetched');
    await fetchTo(first, 'lab', { channel: 'stable' });

    await importDisk(given.api, 'lab', disks.convert(two, 'qcow2'), 'qcow2');
    await publish('lab', 2);
    const version = await given.api.images.getVersion(at('lab', 2));
    expect(Object.keys(version.deltaBytes)).toEqual(['1']);
    expect(version.packedBytes).toBeLessThan(2_000_000);

    // The channel still points at version 1; moving it makes version 2 what the channel gives.
    expect((await fetchTo(join(disks.folder, 'lab-again'), 'lab', { channel: 'stable' }, first)).version).toBe(1);
    const moved = await given.api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: 2 } });
    expect(moved.channels).toMatchObject([{ name: 'stable', version: 2, movedBy: 'owner' }]);
    const second = join(disks.folder, 'lab-2.fetched');
    const fetched = await fetchTo(second, 'lab', { channel: 'stable' }, first);
    expect(fetched.version).toBe(2);
    expect(await sha256(second)).toBe(await sha256(two));
    expect(fetched.bySource.previous).toBeGreaterThan(1_000_000);
    expect(fetched.wireBytes).toBeLessThan(1_000_000);

    await expect(given.api.images.retire(at('lab', 2))).rejects.toMatchObject({ problem: { code: 'image.in-use' } });
    await expect(given.api.images.removeVersion(at('lab', 1))).rejects.toMatchObject({
      problem: { code: 'image.wrong-state' },
    });
    expect((await given.api.images.retire(at('lab', 1))).state).toBe('retired');
    expect((await given.api.images.restore(at('lab', 1))).state).toBe('available');
    const pinned = await given.api.workspaces.create({ body: { name: 'pinned', image: 'lab', pinnedVersion: 1 } });
    await expect(given.api.images.retire(at('lab', 1))).rejects.toMatchObject({ problem: { code: 'image.in-use' } });
    await expect(given.api.images.remove({ params: { name: 'lab' } })).rejects.toMatchObject({
      problem: { code: 'image.in-use' },
    });
    await given.api.workspaces.remove({ params: { id: pinned.id } });
    await given.api.images.retire(at('lab', 1));
    await given.api.images.removeVersion(at('lab', 1));
    await expect(fetchTo(join(disks.folder, 'gone'), 'lab', { version: 1 })).rejects.toThrow();
    const next = await given.api.images.createVersion({
      params: { name: 'lab' },
      body: { format: 'raw', sizeBytes: 4096 },
    });
    expect(next.number).toBe(3);
  });

  it('never gives a number twice, not even after the image was deleted', async () => {
    await image('again');
    await importDisk(given.api, 'again', await disks.raw('again', { x: 'y' }), 'raw');
    await publish('again', 1);
    await given.api.images.promote({ params: { name: 'again', channel: 'stable' }, body: { version: 1 } });
    await given.api.images.remove({ params: { name: 'again' } });
    await image('again');
    await importDisk(given.api, 'again', await disks.raw('again-2', { x: 'z' }), 'raw');
    await publish('again', 2);
    await given.api.images.promote({ params: { name: 'again', channel: 'stable' }, body: { version: 2 } });
    expect((await fetchTo(join(disks.folder, 'again.fetched'), 'again', { channel: 'stable' })).version).toBe(2);
  });

  it('refuses a change by somebody who read an older revision', async () => {
    const { rev } = await image('raced');
    const change = (description: string) =>
      given.api.images.update({ params: { name: 'raced' }, body: { description } }, { ifMatch: rev });
    expect(await change('first')).toMatchObject({ description: 'first' });
    await expect(change('second')).rejects.toMatchObject({ problem: { code: 'request.conflict' } });
  });

  it('recommends the image that lacks least', async () => {
    await given.api.images.update({ params: { name: 'raced' }, body: { capabilities: ['hotpatch', 'desktop'] } });
    const { images } = await given.api.images.matrix({ query: { want: 'hotpatch' } });
    expect(images[0]).toEqual({ image: 'raced', capabilities: ['hotpatch', 'desktop'], missing: [] });
    await expect(given.api.images.matrix({ query: { want: 'magic' } })).rejects.toMatchObject({
      problem: { code: 'request.invalid' },
    });
  });
});

describe('the repository', () => {
  const task = async (started: Promise<{ taskId: string }>) => await endOf(given.api, await started);

  it('is read by endpoints only, while they are good', async () => {
    const guest = await enrollDevice(given, 'guest');
    const { baseUrls, headers, expiresAt } = await guest.api.device.repository();
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(20 * 60_000);
    const { get } = await import('./lifecycle/plain-get.ts');
    const { ca } = given.server;
    const root = `${baseUrls[0]}root.json`;
    expect((await get(root, { ca })).status).toBe(401);
    const nobody = await given.person('nobody');
    expect((await get(root, { ca, headers: { authorization: `Bearer ${nobody.secret}` } })).status).toBe(401);
    const answer = await get(root, { ca, headers });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body.toString()).toBe(guest.enrolled.repositoryRoot);
    const certificate = { cert: guest.enrolled.certificate, key: guest.key };
    expect((await get(root, { ca, ...certificate, headers: { range: 'bytes=2-5' } })).body).toEqual(
      answer.body.subarray(2, 6),
    );
    for (const path of [
      '',
      'images/',
      '.spool/x',
      '../keys/policy.pem',
      '%2e%2e/keys/policy.pem',
      'images/lab/../../root.json.x',
    ])
      expect((await get(`${baseUrls[0]}${path}`, { ca, headers })).status, path).toBeGreaterThanOrEqual(400);
    await given.api.endpoints.revoke({ params: { id: guest.id } });
    await until(async () => (await get(root, { ca, headers })).status === 401);
    expect((await get(root, { ca, ...certificate })).status).toBe(401);
  });

  it('counts, cleans, and finds what was damaged', async () => {
    const before = await given.api.images.repository();
    expect(before).toMatchObject({ kind: 'file-system', lastFsck: null });
    const counted = await task(given.api.images.gc({ body: { dryRun: true } }));
    const cleaned = await task(given.api.images.gc({ body: {} }));
    expect(cleaned).toMatchObject({ state: 'done', error: null });
    expect((cleaned.result as { removed: number }).removed).toBe((counted.result as { removed: number }).removed);
    expect(await task(given.api.images.fsck())).toMatchObject({ state: 'done', result: { findings: [] } });
    expect(await state('lab', 2)).toBe('available');

    const packs = join(given.stateDir, 'repository', 'packs');
    const [victim] = await readdir(packs);
    const file = await open(join(packs, victim!), 'r+');
    const sound = Buffer.alloc(6);
    await file.read(sound, 0, 6, 100);
    await file.write(Buffer.from('damage'), 0, 6, 100);
    const found = await task(given.api.images.fsck());
    expect(JSON.stringify(found.result)).toContain(`packs/${victim}`);
    expect((await given.api.images.repository()).lastFsck?.findings.length).toBeGreaterThan(0);
    const event = await until(async () => {
      const { items } = await given.api.events.list({ query: { severity: 'error' } });
      return items.find((one) => one.code === 3006);
    });
    expect(event.detail).toContain(victim);
    await file.write(sound, 0, 6, 100);
    await file.close();

    // A version of which the repository knows nothing any more is found by its row.
    const manifest = join(given.stateDir, 'repository', 'images', 'from-raw', '1.manifest.json');
    await rename(manifest, `${manifest}.away`);
    const lost = await task(given.api.images.fsck());
    expect(lost.result).toMatchObject({
      findings: expect.arrayContaining([
        {
          code: 'fsck.manifest',
          file: 'images/from-raw/1.manifest.json',
          detail: expect.stringContaining('not there'),
        },
      ]),
    });
    await rename(`${manifest}.away`, manifest);
    expect(await task(given.api.images.fsck())).toMatchObject({ result: { findings: [] } });
  });

  it('leaves nothing of versions that are done', async () => {
    expect(await readdir(join(given.stateDir, 'packed'))).toEqual([]);
  });
});

describe('a test run', () => {
  it('boots a version with a screen, and changes no byte of it', async () => {
    const source = join(given.stateDir, 'test-source');
    await mkdir(source, { recursive: true });
    const before = execFileSync('find', [
      join(given.stateDir, 'repository'),
      '-type',
      'f',
      '-printf',
      '%p %s %T@\n',
    ]).toString();
    const run = await given.api.images.startTest(at('from-qcow2', 1));
    await expect(given.api.images.startTest(at('from-qcow2', 1))).rejects.toMatchObject({
      problem: { code: 'image.test-unavailable' },
    });
    const running = await until(async () => {
      const now = await given.api.images.getTest({ params: { id: run.id } });
      expect(now.error).toBeNull();
      return now.state === 'running' && now;
    }, 60_000);
    expect(running).toMatchObject({ image: 'from-qcow2', version: 1 });
    const { firstBytes } = await import('./lifecycle/plain-get.ts');
    const path = `/api/v1/image-tests/${run.id}/screen`;
    expect((await firstBytes(given.server, given.secret, path, 12)).toString()).toBe('RFB 003.008\n');
    await given.api.images.stopTest({ params: { id: run.id } });
    expect((await given.api.images.getTest({ params: { id: run.id } })).state).toBe('ended');
    const after = execFileSync('find', [
      join(given.stateDir, 'repository'),
      '-type',
      'f',
      '-printf',
      '%p %s %T@\n',
    ]).toString();
    expect(after).toBe(before);
    await rm(source, { recursive: true });
  });
});
