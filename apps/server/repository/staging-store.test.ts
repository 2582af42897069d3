import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSystemStore, type RepositoryStore } from '@atelier/adapters/repository';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stagingStore } from './staging-store.ts';

const digest = (letter: string) => `packs/${letter.repeat(64)}.pack`;
let folder: string;
let repository: RepositoryStore;
let own: RepositoryStore;
let staging: RepositoryStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-staging-'));
  repository = await fileSystemStore(join(folder, 'repository'));
  own = await fileSystemStore(join(folder, 'own'));
  staging = stagingStore(own, repository);
});
afterEach(() => rm(folder, { recursive: true }));

const text = async (store: RepositoryStore, path: string) => {
  const bytes = await store.read(path, 1000);
  return bytes && Buffer.from(bytes).toString();
};
const pathsOf = async (store: RepositoryStore) => {
  const paths: string[] = [];
  for await (const entry of store.list('')) paths.push(entry.path);
  return paths.sort();
};

it('shows the repository with the staged files over it, and writes beside it only', async () => {
  await repository.writeImmutable(digest('a'), Buffer.from('old'));
  await repository.replace('images/lab/latest.json', Buffer.from('theirs'));
  expect(await staging.writeImmutable(digest('b'), Buffer.from('new'))).toBe(true);
  await staging.replace('images/lab/latest.json', Buffer.from('mine'));
  expect(await text(staging, digest('a'))).toBe('old');
  expect(await text(staging, 'images/lab/latest.json')).toBe('mine');
  expect(await text(repository, 'images/lab/latest.json')).toBe('theirs');
  expect(await pathsOf(staging)).toEqual(['images/lab/latest.json', digest('a'), digest('b')]);
  expect(Buffer.from(await staging.readRange(digest('a'), 1, 2)).toString()).toBe('ld');
});

it('does not stage again what the repository has, and leaves it there', async () => {
  await repository.writeImmutable(digest('a'), Buffer.from('same'));
  expect(await staging.writeImmutable(digest('a'), Buffer.from('same'))).toBe(false);
  expect(await pathsOf(own)).toEqual([]);
  await staging.remove(digest('a'));
  expect(await text(repository, digest('a'))).toBe('same');
});
