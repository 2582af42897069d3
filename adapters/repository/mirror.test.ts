import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigner, packPath, type Signer } from '@atelier/trim';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileSystemStore } from './file-system-store.ts';
import { fsck } from './fsck.ts';
import { gc } from './gc.ts';
import { httpSource } from './http-source.ts';
import { initRepository, rotateRoot } from './init-repository.ts';
import { mirrorRepository } from './mirror.ts';
import { publishVersion } from './publish-version.ts';
import { listVersions, readLatest } from './read-repository.ts';
import { removeVersion } from './remove-version.ts';
import { repack } from './repack.ts';
import { folderSource, type RepositorySource } from './repository-source.ts';
import type { RepositoryStore } from './repository-store.ts';
import { setChannels } from './set-channels.ts';
import { mortal } from './testing/mortal-store.ts';

let folder: string;
let store: RepositoryStore;
let copy: RepositoryStore;
let signer: Signer;
let source: RepositorySource;
const code = (code: string) => expect.objectContaining({ code });
const noise = Array.from({ length: 4 }, () => randomBytes(64 * 4096));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  store = await fileSystemStore(join(folder, 'repository'));
  copy = await fileSystemStore(join(folder, 'copy'));
  source = folderSource(join(folder, 'repository'));
  ({ signer } = generateSigner());
  await initRepository({ store, rootSigner: signer, signingKeys: [signer.publicKey] });
  await publish(1, noise[0] as Buffer);
  await publish(2, Buffer.concat([noise[0] as Buffer, noise[1] as Buffer]));
  await channels({ stable: 1, pilot: 2 });
  return () => rm(folder, { recursive: true, force: true });
});

async function publish(version: number, bytes: Buffer) {
  const path = join(folder, 'disk');
  await writeFile(path, bytes);
  return publishVersion({
    store,
    signer,
    image: 'desk',
    version,
    source: path,
    workers: 1,
    compression: { frameBlocks: 16 },
  });
}
const channels = (channels: Record<string, number>) => setChannels({ store, signer, image: 'desk', channels });
const numbers = async () => (await listVersions({ store: copy, image: 'desk' })).map(({ version }) => version);

describe('a mirror', () => {
  it('is a whole repository, and later takes only what is new', async () => {
    const first = await mirrorRepository({ source, store: copy });
    expect(await fsck({ store: copy, workers: 1 })).toEqual([]);
    expect([first.versions.length, first.presentBytes]).toEqual([2, 0]);
    expect((await mirrorRepository({ source, store: copy })).copiedBytes).toBe(0);
    const { addedBytes } = await publish(3, noise[2] as Buffer);
    await channels({ stable: 3 });
    const next = await mirrorRepository({ source, store: copy });
    expect(next.copiedBytes).toBeGreaterThan(noise[2]?.length ?? 0);
    expect(next.copiedBytes).toBeLessThanOrEqual(addedBytes);
    expect([next.presentBytes, await numbers()]).toEqual([first.copiedBytes, [1, 2, 3]]);
    expect((await readLatest({ store: copy, image: 'desk' }))?.channels.stable?.version).toBe(3);
    expect(await fsck({ store: copy, workers: 1 })).toEqual([]);
  });

  it('has the newest versions only, those of channels among them, and drops others when told', async () => {
    await publish(3, noise[2] as Buffer);
    await mirrorRepository({ source, store: copy, versions: 1 });
    expect(await numbers()).toEqual([1, 2, 3]);
    await channels({ stable: 3 });
    expect((await mirrorRepository({ source, store: copy, versions: 1, prune: true })).pruned).toHaveLength(2);
    expect(await numbers()).toEqual([3]);
    expect((await gc({ store: copy, graceMs: 0 })).freedBytes).toBeGreaterThan(0);
    expect(await fsck({ store: copy, workers: 1 })).toEqual([]);
  });

  it('goes on from where an interrupted run was, and was never without its metadata last', async () => {
    const stop = new AbortController();
    const stopping: RepositorySource = {
      ...source,
      stream: async function* (path, offset) {
        for await (const piece of source.stream(path, offset)) {
          yield piece.subarray(0, 65_536);
          stop.abort();
          yield piece.subarray(65_536);
        }
      },
    };
    await expect(mirrorRepository({ source: stopping, store: copy, signal: stop.signal })).rejects.toEqual(
      code('trim.aborted'),
    );
    expect(await copy.stat('root.json')).toBeUndefined();
    const { copiedBytes, resumedBytes } = await mirrorRepository({ source, store: copy });
    expect(resumedBytes).toBe(65_536);
    const all = await Promise.all(
      (await readdir(join(folder, 'copy/packs'))).map((name) => stat(join(folder, 'copy/packs', name))),
    );
    expect(copiedBytes + resumedBytes).toBe(all.reduce((sum, { size }) => sum + size, 0));
    expect(await fsck({ store: copy, workers: 1 })).toEqual([]);
  });

  it('is valid after a crash at every write of an update, of rewritten packs and dropped versions too', async () => {
    await publish(3, (noise[1] as Buffer).subarray(0, 16 * 4096));
    await channels({ stable: 3, pilot: 2 });
    const before = join(folder, 'before');
    await mirrorRepository({ source, store: await fileSystemStore(before) });
    await channels({ stable: 3 });
    await removeVersion({ store, image: 'desk', version: 1 });
    await removeVersion({ store, image: 'desk', version: 2 });
    expect((await repack({ store, signer })).packs).toHaveLength(1);
    await publish(4, noise[2] as Buffer);
    for (let fatal = 0; ; fatal++) {
      const path = join(folder, `crash-${fatal}`);
      await cp(before, path, { recursive: true });
      const inner = await fileSystemStore(path);
      const whole = await mirrorRepository({ source, store: mortal(inner, fatal), prune: true }).then(
        () => true,
        () => false,
      );
      const errors = (await fsck({ store: inner, workers: 1 })).filter(({ severity }) => severity === 'error');
      expect(errors, `after write ${fatal}`).toEqual([]);
      if (fatal % 4 === 0) {
        await mirrorRepository({ source, store: inner, prune: true });
        await gc({ store: inner, graceMs: 0, keptMs: 0 });
        expect(await fsck({ store: inner, workers: 1 }), `after write ${fatal}`).toEqual([]);
      }
      if (!whole) continue;
      expect(fatal).toBeGreaterThan(8);
      break;
    }
  });

  it('refuses damaged packs, older channels and another root', async () => {
    await mirrorRepository({ source, store: copy });
    const before = await readFile(join(folder, 'repository/images/desk/latest.json'));
    await channels({ stable: 2 });
    await mirrorRepository({ source, store: copy });
    await writeFile(join(folder, 'repository/images/desk/latest.json'), before);
    await expect(mirrorRepository({ source, store: copy })).rejects.toEqual(code('trim.rollback'));
    await channels({ stable: 2, pilot: 2, late: 1 });
    await channels({ stable: 2 });
    const { manifest } = await publish(3, noise[3] as Buffer);
    const pack = join(folder, 'repository', packPath(manifest.packs[0]?.digest ?? ''));
    await writeFile(pack, (await readFile(pack)).fill(0, 1000, 1001));
    await expect(mirrorRepository({ source, store: copy })).rejects.toEqual(code('trim.pack-digest'));
    expect(await fsck({ store: copy, workers: 1 })).toEqual([]);
    const other = await fileSystemStore(join(folder, 'other'));
    const stranger = generateSigner().signer;
    await initRepository({ store: other, rootSigner: stranger, signingKeys: [stranger.publicKey] });
    await expect(mirrorRepository({ source, store: other })).rejects.toEqual(code('trim.root-signature'));
  });

  it('follows a rotated root', async () => {
    await mirrorRepository({ source, store: copy });
    const fresh = generateSigner().signer;
    const signingKeys = [signer.publicKey, fresh.publicKey];
    await rotateRoot({ store, oldSigners: [signer], rootSigners: [fresh], signingKeys });
    await mirrorRepository({ source, store: copy });
    expect(
      Buffer.compare(
        (await copy.read('root.json', 1e5)) ?? Buffer.of(),
        await readFile(join(folder, 'repository/root.json')),
      ),
    ).toBe(0);
    expect(await fsck({ store: copy, workers: 1 })).toEqual([]);
  });

  it('is made over HTTP too, by image, in what is left of a broken connection', async () => {
    let broken = 0;
    const server = createServer(async (request, response) => {
      const file = await readFile(join(folder, 'repository', request.url ?? '')).catch(() => undefined);
      if (!file) return response.writeHead(404).end();
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const headers = { 'content-length': file.length - from };
      if (from > 0)
        response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` });
      else response.writeHead(200, headers);
      if (file.length > 100_000 && broken++ === 0) {
        response.write(file.subarray(from, from + 70_000));
        return void setTimeout(() => response.destroy(), 100);
      }
      return response.end(file.subarray(from));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const web = httpSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await expect(mirrorRepository({ source: web, store: copy })).rejects.toEqual(code('trim.name'));
      await expect(mirrorRepository({ source: web, store: copy, images: ['desk'] })).rejects.toEqual(
        code('trim.network'),
      );
      const { resumedBytes } = await mirrorRepository({ source: web, store: copy, images: ['desk'] });
      expect(resumedBytes).toBeGreaterThan(0);
      expect([await numbers(), await fsck({ store: copy, workers: 1 })]).toEqual([[1, 2], []]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
