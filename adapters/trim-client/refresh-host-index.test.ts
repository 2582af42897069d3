import { mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockDigest } from '@atelier/trim';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHostIndex, refreshHostIndex } from './refresh-host-index.ts';

let folder: string;
let index: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-index-'));
  index = join(folder, 'kept.index');
  await mkdir(join(folder, 'files'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => `${join(folder, 'files')}/${name}`;
const put = (name: string, content: Uint8Array) => writeFile(place(name), content);

/** What an index says: heads in hex by file. */
function said(): Record<string, string> {
  const out: Record<string, string> = {};
  let name = '';
  const begin = (path: string) => {
    name = path.slice(place('').length);
    out[name] = '';
  };
  readHostIndex(index, begin, (heads) => {
    out[name] += Buffer.from(heads).toString('hex');
  });
  return out;
}

const refresh = () => refreshHostIndex(index, [join(folder, 'files')]);
const head = (block: Uint8Array) => blockDigest(block).toString('hex', 0, 8);
const block = (fill: string) => Buffer.alloc(4096, fill);

test('has 8 bytes of the sha256 of every block, the last one filled up with zeros, and none for zeros', async () => {
  await put('two', Buffer.concat([block('a'), Buffer.from('end')]));
  await put('zeros', Buffer.alloc(9000));
  await put('empty', Buffer.alloc(0));
  await symlink(place('two'), place('link'));
  expect(refresh()).toEqual({ files: 2, read: 2 });
  const end = Buffer.alloc(4096);
  end.write('end');
  expect(said()).toEqual({ two: head(block('a')) + head(end), zeros: '0'.repeat(48) });
});

test('reads again only what changed, and leaves a whole index alone', async () => {
  for (const name of ['a', 'b', 'c']) await put(name, block(name));
  refresh();
  const before = await stat(index);
  expect(refresh()).toEqual({ files: 3, read: 0 });
  expect((await stat(index)).ino).toBe(before.ino);
  await put('b', block('B'));
  await utimes(place('b'), 1, 1);
  await rm(place('c'));
  await put('d', block('d'));
  expect(refresh()).toEqual({ files: 3, read: 2 });
  expect(said()).toEqual({ a: head(block('a')), b: head(block('B')), d: head(block('d')) });
  await rm(place('d'));
  expect(refresh()).toEqual({ files: 2, read: 0 });
  expect(Object.keys(said()).sort()).toEqual(['a', 'b']);
});

test('goes over several parts, and pieces that end anywhere', async () => {
  for (let i = 0; i < 2300; i++) await put(`file ${i} "é"`, Buffer.from(`content ${i}`));
  await put('large', Buffer.concat(Array.from({ length: 700 }, (_, i) => block(String(i)))));
  refresh();
  await put('file 7 "é"', Buffer.from('other'));
  expect(refresh()).toEqual({ files: 2301, read: 1 });
  const all = said();
  expect(Object.keys(all)).toHaveLength(2301);
  const padded = Buffer.alloc(4096);
  padded.write('content 2299');
  expect(all['file 2299 "é"']).toBe(head(padded));
  expect(all.large?.slice(-16)).toBe(head(block('699')));
});

test('an index that is damaged, cut off or another format is made anew', async () => {
  await put('a', block('a'));
  await put('b', block('b'));
  refresh();
  const whole = await readFile(index);
  const damages: (() => Promise<void>)[] = [
    () => truncate(index, whole.length - 1),
    () => truncate(index, 20),
    () => writeFile(index, 'TRIMHST1 is what it was before'),
    () => writeFile(index, whole.fill(0xff, 8, 12)),
  ];
  for (const damage of damages) {
    await damage();
    expect(refresh()).toEqual({ files: 2, read: 2 });
    expect(Object.keys(said()).sort()).toEqual(['a', 'b']);
  }
});
