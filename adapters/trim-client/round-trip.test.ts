import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchProgress, FetchRequest, PeerAccess } from './fetch-types.ts';
import { forecastFetch } from './forecast-fetch.ts';
import { PackCache } from './sources/pack-cache.ts';
import { servePeers } from './sources/serve-peers.ts';
import { testAuthority } from './testing/authority.ts';
import { type Lab, openLab } from './testing/lab.ts';
import { pairSeeds, randomPair } from './testing/random-pair.ts';
import { type RepositoryServer, serveRepository } from './testing/repository-server.ts';
import { seededRandom } from './testing/sample-disks.ts';

let lab: Lab;
let mirror: RepositoryServer;
let cache: PackCache;
let peer: PeerAccess;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  lab = await openLab();
  mirror = await serveRepository(lab.repository);
  cache = await PackCache.open(join(lab.folder, 'cache'), 2 ** 30);
  const tls = await (await testAuthority())('01HPEER');
  const peers = await servePeers({ cache, tls, host: '127.0.0.1', port: 0, mayRead: () => true, open: () => true });
  peer = { url: `https://127.0.0.1:${peers.port}/`, endpointId: '01HPEER', tls, pass: 'pass' };
  closing.push(peers.close, mirror.close, lab.close);
});
afterAll(async () => {
  for (const close of closing) await close();
});

describe('a random pair of disks comes over bit by bit, from each source alone and from all of them:', () => {
  it.each(pairSeeds())('seed %i', async (seed) => {
    const { drawn, old, next, hostFiles } = randomPair(seed);
    const random = seededRandom(-seed);
    const image = `pair-${seed}`;
    const name = (what: string) => `${image}-${what}`;
    const compression = {
      frameBlocks: 1 + random(64),
      leastBlocks: random(2) === 0 ? 1 : undefined,
      prefixBlocks: random(2) * 128,
      packBytes: random(2) === 0 ? 100_000 : 2 ** 30,
    };
    const key = Buffer.alloc(32, seed);
    const encryption = random(3) === 0 ? { keyId: 'key', key } : undefined;
    const contentKey = async () => key;
    await lab.publish(1, old, { image, encryption });
    await lab.publish(2, next, { image, encryption, compression });
    // the same disk again, with a delta: packs are those of version 2
    await lab.publish(3, next, { image, encryption, compression, parents: [1] });
    const folder = join(lab.folder, name('host'));
    await mkdir(folder);
    for (const [i, file] of hostFiles.entries()) await writeFile(join(folder, `file-${i}`), file);

    /** Fetches, and holds what came, the plan's figures and the server's count against each other. */
    const fetch = async (what: string, version: number, previous: readonly string[], over: Partial<FetchRequest>) => {
      const wanted = version === 1 ? old : next;
      const why = `${what}, seed ${seed}: ${drawn}${encryption ? ', encrypted' : ''}`;
      let last: FetchProgress | undefined;
      const onProgress = (progress: FetchProgress) => {
        last = progress;
      };
      const sent = () => lab.server.sentBytes + mirror.sentBytes;
      const sentBefore = sent();
      const result = await lab.fetch(name(what), { version }, previous.map(name), {
        image,
        contentKey,
        onProgress,
        ...over,
      });
      expect(Buffer.compare(await lab.disk(name(what)), wanted), why).toBe(0);
      expect(
        Object.values(result.bySource).reduce((a, b) => a + b),
        why,
      ).toBe(wanted.length);
      expect(sent() - sentBefore, why).toBe(result.wireBytes);
      // what is nearer than the repository is not known before it has answered
      const near = (over.sources?.media ?? over.sources?.peers) !== undefined;
      if (!near) expect(last?.wireBytesExpected, why).toBe(result.wireBytes);
      return result;
    };
    const forecast = (version: number, previous: readonly string[]) =>
      forecastFetch({
        repository: { baseUrls: [lab.server.url] },
        trust: lab.trust,
        image,
        want: { version },
        contentKey,
        previous: previous.map((one) => ({ diskPath: lab.path(name(one)), indexPath: `${lab.path(name(one))}.index` })),
      });
    const told = ({ bySource, wireBytes, requests }: Awaited<ReturnType<typeof forecast>>) => ({
      bySource,
      wireBytes,
      requests,
    });
    const sources = (what: string, previous: readonly string[], hostFolders?: readonly string[]) => ({
      previous: previous.map((one) => ({ diskPath: lab.path(name(one)), indexPath: `${lab.path(name(one))}.index` })),
      partialDir: join(lab.folder, name(`partial-${what}`)),
      hostFolders,
    });
    /** The connection breaks somewhere within the packs, once and for all. */
    const interrupt = async (what: string, version: number, over: Partial<FetchRequest>) => {
      let broken = false;
      lab.server.fault = ({ path, range }, response) => {
        if (!/^(packs|deltas)\//.test(path) || !range || (!broken && range[1] - range[0] < 3000)) return false;
        if (!broken && random(3) > 0) return false;
        broken = true;
        response.destroy();
        return true;
      };
      const repository = { baseUrls: [lab.server.url], attempts: 1 };
      await lab
        .fetch(name(what), { version }, [], { image, contentKey, parallel: 1, ...over, repository })
        .catch(() => undefined);
      lab.server.fault = undefined;
    };

    await fetch('one', 1, [], { cache });
    for (const [what, version, previous] of [
      ['empty', 2, []],
      ['kept', 2, ['one']],
      ['delta', 3, ['one']],
      ['back', 1, ['kept']],
    ] as const)
      expect(told(await forecast(version, previous)), `${what}, seed ${seed}`).toEqual(
        told((await fetch(what, version, previous, {})) as never),
      );
    await fetch('host', 2, [], { sources: sources('host', [], [folder]) });
    await interrupt('resumed', 2, { sources: sources('resumed', []) });
    await fetch('resumed', 2, [], { sources: sources('resumed', []) });
    await fetch('media', 3, [], { sources: { ...sources('media', ['one']), media: [lab.repository] } });
    const repository = { baseUrls: [lab.server.url, mirror.url] };
    await fetch('mirrors', 2, [], { repository, cache });
    const peered = await fetch('peer', 2, [], { sources: { ...sources('peer', []), peers: [peer] } });
    expect(peered.bySource.network, `peer, seed ${seed}: ${drawn}`).toBe(0);
    await fetch('kin', 2, [], {
      sources: { ...sources('kin', []), kin: sources('', ['one']).previous, leftovers: [lab.path(name('back'))] },
    });
    const mixed = { sources: { ...sources('mixed', ['one'], [folder]), peers: [peer] }, repository };
    await interrupt('mixed', 3, mixed);
    await fetch('mixed', 3, [], mixed);
  });
});
