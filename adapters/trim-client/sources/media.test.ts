import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FetchRequest } from '../fetch-types.ts';
import { type Lab, openLab } from '../testing/lab.ts';
import { sampleDisk, seededRandom } from '../testing/sample-disks.ts';
import { findMedia } from './media-source.ts';

const first = sampleDisk(seededRandom(1), 500);
let lab: Lab;
let stick: string;
beforeEach(async () => {
  lab = await openLab();
  await lab.publish(1, first);
  stick = join(lab.folder, 'media', 'anna', 'atelier');
  await mkdir(join(lab.folder, 'media', 'anna'), { recursive: true });
  await cp(lab.repository, stick, { recursive: true });
});
afterEach(() => lab.close());

const packsAsked = () => lab.server.seen.filter(({ path }) => path.startsWith('packs/')).length;
async function fetched(over: Partial<FetchRequest> = {}) {
  const media = await findMedia([join(lab.folder, 'media', '*', 'atelier')]);
  const result = await lab.fetch('desk', { version: 1 }, [], {
    sources: { previous: [], partialDir: join(lab.folder, 'partial'), media },
    ...over,
  });
  expect(Buffer.compare(await lab.disk('desk'), first)).toBe(0);
  return result;
}

it('are found where the policy says, when a repository lies on them', async () => {
  await mkdir(join(lab.folder, 'media', 'bert', 'atelier'), { recursive: true });
  expect(await findMedia([join(lab.folder, 'media', '*', 'atelier'), '/nowhere/*'])).toEqual([stick]);
});

it('give all packs while the repository is asked only for what is new', async () => {
  const { bySource } = await fetched();
  expect(packsAsked()).toBe(0);
  expect(bySource).toMatchObject({ network: 0, peer: 0 });
  expect(bySource.media).toBeGreaterThan(first.length / 2);
});

it('are enough without any network, verified as ever', async () => {
  await lab.server.close();
  const access = { baseUrls: [lab.server.url], attempts: 1 };
  expect((await fetched({ repository: access })).bySource.media).toBeGreaterThan(0);
  await rm(lab.path('desk'));
  await rm(`${lab.path('desk')}.index`);
  expect((await fetched({ repository: { baseUrls: [] } })).bySource.media).toBeGreaterThan(0);
});

it('that are damaged, or lead elsewhere, are left out with a word', async () => {
  const [name] = await readdir(join(stick, 'packs'));
  const pack = join(stick, 'packs', name as string);
  await writeFile(pack, Buffer.alloc(10_000_000, 7));
  const banned: string[] = [];
  const { bySource } = await fetched({ onBanned: ({ kind, name }) => banned.push(`${kind} ${name}`) });
  expect(bySource.media).toBe(0);
  expect(banned).toEqual([`media ${stick}`]);

  await rm(lab.path('desk'));
  await rm(`${lab.path('desk')}.index`);
  await rename(pack, `${pack}.elsewhere`);
  await symlink('/dev/zero', pack);
  expect((await fetched()).bySource.media).toBe(0);
});
