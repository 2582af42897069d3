import { describe, expect, it } from 'vitest';
import { checkName, isName } from './names.ts';
import {
  deltaPath,
  indexPath,
  latestPath,
  manifestPath,
  packPath,
  parseRepositoryPath,
  rootPath,
  rootVersionPath,
} from './paths.ts';

const digest = '0123456789abcdef'.repeat(4);

describe('names', () => {
  it.each(['a', 'debian-lab', '0', 'win11_2026.1', 'a'.repeat(64)])('%s is one', (name) =>
    expect(isName(name)).toBe(true),
  );
  it.each([
    '',
    '.',
    '..',
    '.a',
    '-a',
    'A',
    'a/b',
    '../a',
    'a..b',
    'ä',
    'a b',
    'a\0',
    'a\n',
    'a'.repeat(65),
    7,
    null,
    '%2e',
    'c:',
  ])('%j is none', (name) => {
    expect(isName(name)).toBe(false);
    expect(() => checkName(name, 'image')).toThrow(expect.objectContaining({ code: 'trim.name' }));
  });
});

describe('paths', () => {
  it('are read back as what they are', () => {
    expect(parseRepositoryPath(rootPath)).toEqual({ kind: 'root' });
    expect(parseRepositoryPath(rootVersionPath(3))).toEqual({ kind: 'root-version', version: 3 });
    expect(parseRepositoryPath(latestPath('desk'))).toEqual({ kind: 'latest', image: 'desk' });
    expect(parseRepositoryPath(manifestPath('desk', 12))).toEqual({ kind: 'manifest', image: 'desk', version: 12 });
    expect(parseRepositoryPath(indexPath('desk', 12))).toEqual({ kind: 'index', image: 'desk', version: 12 });
    expect(parseRepositoryPath(packPath(digest))).toEqual({ kind: 'pack', digest });
    expect(parseRepositoryPath(deltaPath(digest))).toEqual({ kind: 'delta', digest });
  });

  it.each([
    '',
    '/root.json',
    'images/../latest.json',
    'images/a/../../root.json',
    'images/A/latest.json',
    'images/a/0.index',
    'images/a/01.index',
    'images/a/99999999999.index',
    'packs/../x',
    'packs/abc.pack',
    '.leases/gc.json',
    '.spool/x',
    `packs/${digest.toUpperCase()}.pack`,
  ])('%j is none of the format', (path) => expect(parseRepositoryPath(path)).toBeUndefined());
});
