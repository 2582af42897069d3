import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resignLatest, setChannels } from '@atelier/adapters/repository';
import { checkChannel, type FetchRequest, type RepositoryAccess } from '@atelier/adapters/trim-client';
import { latestPath, packPath } from '@atelier/trim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, openLab } from '../adapters/trim-client/testing/lab.ts';
import { changedDisk, sampleDisk, seededRandom } from '../adapters/trim-client/testing/sample-disks.ts';
import { runNginx } from './nginx/run-nginx.ts';
import { throwawayAuthority } from './nginx/throwaway-authority.ts';

const random = seededRandom(2026);
const first = sampleDisk(random, 4000);
const second = changedDisk(random, changedDisk(random, first, 'shifted').subarray(0, first.length), 'edited');
second.set(first.subarray(0, first.length >> 1));

let lab: Lab;
let authority: Awaited<ReturnType<typeof throwawayAuthority>>;
let nginx: Awaited<ReturnType<typeof runNginx>>;
let access: RepositoryAccess;

beforeAll(async () => {
  lab = await openLab();
  authority = await throwawayAuthority();
  await lab.publish(1, first);
  await lab.point(1);
  const password = createHash('sha1').update('open sesame').digest('base64');
  nginx = await runNginx({
    folder: lab.repository,
    server: authority.server,
    files: { passwords: `endpoint:{SHA}${password}\n` },
    lines: 'auth_basic repository; auth_basic_user_file {conf}/passwords;',
  });
  access = { baseUrls: [nginx.url], headers: async () => basic('open sesame'), tls: { ca: authority.ca }, attempts: 2 };
});
afterAll(async () => {
  await nginx?.close();
  await lab?.close();
});

const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`endpoint:${password}`).toString('base64')}`,
});
const code = (code: string) => expect.objectContaining({ code });
const fetch = (name: string, from: readonly string[], over: Partial<FetchRequest> = {}) =>
  lab.fetch(name, { channel: 'stable' }, from, { repository: access, ...over });

describe('nginx alone, over TLS and with a password,', () => {
  it('serves version 1 to a client that has nothing, then version 2 by delta to the one that has version 1', async () => {
    const fresh = await fetch('one', []);
    expect(Buffer.compare(await lab.disk('one'), first)).toBe(0);
    expect(fresh.bySource).toEqual({
      zero: zeros(first),
      interrupted: 0,
      previous: 0,
      host: 0,
      media: 0,
      peer: 0,
      network: first.length - zeros(first),
    });
    expect(fresh.requests).toBeLessThan(12);

    const { manifest, deltas } = await lab.publish(2, second, { parents: [1] });
    await lab.point(2);
    const update = await fetch('two', ['one'], { trust: fresh.trust });
    expect(Buffer.compare(await lab.disk('two'), second)).toBe(0);
    const { zero, previous, network, interrupted, host } = update.bySource;
    expect([zero, interrupted, host]).toEqual([zeros(second), 0, 0]);
    expect(zero + previous + network).toBe(second.length);
    expect(previous).toBeGreaterThan(0);
    expect(network).toBeGreaterThanOrEqual(manifest.blocks.added * 4096 - 4096);
    expect(deltas[0]?.frames).toBeGreaterThan(0);
    expect(update.wireBytes).toBeLessThan(fresh.wireBytes / 3);
  });

  it('lets nobody in without the password, nor with a wrong one', async () => {
    for (const headers of [undefined, async () => basic('open barley')])
      await expect(fetch('none', [], { repository: { ...access, headers } })).rejects.toEqual(
        code('trim.unauthorized'),
      );
  });

  it('is not believed when its certificate is of another authority', async () => {
    const { ca } = await throwawayAuthority();
    await expect(fetch('none', [], { repository: { ...access, tls: { ca } } })).rejects.toEqual(code('trim.tls'));
  });

  it('does not give out what is not of the format', async () => {
    const response = checkChannel({
      repository: { ...access, baseUrls: [`${nginx.url}.leases/`] },
      trust: lab.trust,
      image: 'desk',
      channel: 'stable',
    });
    await expect(response).rejects.toEqual(code('trim.unauthorized'));
  });
});

describe('nginx with client certificates', () => {
  it('serves who has one and refuses who has none', async () => {
    const strict = await runNginx({
      folder: lab.repository,
      server: authority.server,
      files: { 'ca.pem': authority.ca },
      lines: 'ssl_client_certificate {conf}/ca.pem; ssl_verify_client on;',
    });
    try {
      const tls = { ca: authority.ca, ...authority.client };
      await fetch('three', ['one'], { repository: { baseUrls: [strict.url], tls } });
      expect(Buffer.compare(await lab.disk('three'), await lab.disk('two'))).toBe(0);
      const without = fetch('four', [], {
        repository: { baseUrls: [strict.url], tls: { ca: authority.ca }, attempts: 1 },
      });
      await expect(without).rejects.toEqual(
        expect.objectContaining({ code: 'trim.http', message: expect.stringContaining('400') }),
      );
    } finally {
      await strict.close();
    }
  });
});

describe('nginx, when it serves', () => {
  it('a corrupted pack: the transfer fails with the frame named, and the version before stays as it is', async () => {
    const { manifest } = await lab.publish(3, Buffer.concat([sampleDisk(seededRandom(7), 600), first]));
    await lab.point(3);
    const path = packPath(manifest.packs.at(-1)?.digest ?? '');
    const file = join(lab.repository, path);
    const good = await readFile(file);
    const bad = Buffer.from(good);
    bad.fill(0x55, 200, 240);
    await writeFile(file, bad);
    const failed = fetch('five', ['one']);
    await expect(failed).rejects.toEqual(
      expect.objectContaining({ code: 'trim.frame-corrupt', message: expect.stringContaining(path) }),
    );
    await expect(lab.disk('five')).rejects.toThrow('ENOENT');
    expect(Buffer.compare(await lab.disk('one'), first)).toBe(0);
    await writeFile(file, good);
    const healed = await fetch('five', ['one']);
    expect(healed.bySource.interrupted).toBeGreaterThan(0);
  });

  it('an old latest.json: it is refused as a rollback, and a stopped one as frozen', async () => {
    const { store, signer } = lab;
    const old = await readFile(join(lab.repository, latestPath('desk')));
    await resignLatest({ store, signer, image: 'desk' });
    const { trust } = await checkChannel({ repository: access, trust: lab.trust, image: 'desk', channel: 'stable' });
    await writeFile(join(lab.repository, latestPath('desk')), old);
    await expect(fetch('six', ['one'], { trust })).rejects.toEqual(code('trim.rollback'));
    await setChannels({ store, signer, image: 'desk', channels: { stable: 2 }, minimumCounter: 50 });
    const later = () => new Date(Date.now() + 30 * 24 * 3600 * 1000);
    await expect(fetch('six', ['one'], { trust, now: later })).rejects.toEqual(code('trim.frozen'));
    const fine = await fetch('six', ['one'], { trust });
    expect(fine.trust.seen.desk).toBe(50);
  });
});

function zeros(disk: Buffer): number {
  let bytes = 0;
  for (let at = 0; at < disk.length; at += 4096) {
    const block = disk.subarray(at, at + 4096);
    if (block.every((byte) => byte === 0)) bytes += block.length;
  }
  return bytes;
}
