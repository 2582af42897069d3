import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putInPlace, takeAway } from './put-in-place.ts';
import { trustedFolder } from './trusted-folder.ts';

let place: string;
let from: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'plug-in-files-'));
  from = join(place, 'mine', 'coffee');
  mkdirSync(join(from, 'lib'), { recursive: true });
  writeFileSync(join(from, 'plugin.json'), '{}');
  writeFileSync(join(from, 'lib', 'index.mjs'), 'code');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('the trust in a plug-in', () => {
  it('is there when nobody else may write it, by whatever name it is reached', async () => {
    expect(await trustedFolder(from)).toBe(from);
    symlinkSync(from, join(place, 'link'));
    expect(await trustedFolder(join(place, 'link'))).toBe(from);
  });

  it.each([
    ['a file of it', 'mine/coffee/lib/index.mjs', /index\.mjs can be written by others: chmod/],
    ['itself', 'mine/coffee', /coffee can be written by others: chmod/],
    ['a folder above', 'mine', /mine can be written by others, who could replace/],
  ])('is not there when others may write %s', async (_, path, said) => {
    chmodSync(join(place, path), statSync(join(place, path)).mode | 0o020);
    await expect(trustedFolder(from)).rejects.toThrow(said);
  });

  it('is not there when a link in it could lead elsewhere', async () => {
    symlinkSync('/etc/hostname', join(from, 'settings'));
    await expect(trustedFolder(from)).rejects.toThrow(/neither file nor folder/);
  });
});

describe('putting a plug-in in place', () => {
  const to = () => join(place, 'plug-ins', 'coffee');
  const fine = async () => {};

  it('copies it for its owner alone to write, and takes it away', async () => {
    chmodSync(join(from, 'lib', 'index.mjs'), 0o777);
    symlinkSync('lib/index.mjs', join(from, 'main.mjs'));
    const seen: string[] = [];
    await putInPlace(from, to(), async (copy) => {
      seen.push(await trustedFolder(copy));
      expect(existsSync(to())).toBe(false);
    });
    expect(seen).toEqual([join(place, 'plug-ins', '.coffee.new')]);
    expect(await trustedFolder(to())).toBe(to());
    expect(readFileSync(join(to(), 'main.mjs'), 'utf8')).toBe('code');
    expect(statSync(join(to(), 'lib', 'index.mjs')).mode & 0o777).toBe(0o755);
    await expect(putInPlace(from, to(), fine)).rejects.toThrow(/there already/);
    await takeAway(to());
    expect(existsSync(to())).toBe(false);
  });

  it('leaves nothing when it is not fit, leads out of itself, or was broken off before', async () => {
    await expect(putInPlace(from, to(), () => Promise.reject(new Error('not fit')))).rejects.toThrow('not fit');
    expect(existsSync(join(place, 'plug-ins', '.coffee.new'))).toBe(false);
    mkdirSync(join(place, 'plug-ins', '.coffee.new', 'rest'), { recursive: true });
    await putInPlace(from, to(), fine);
    expect(existsSync(join(to(), 'rest'))).toBe(false);
    await takeAway(to());
    symlinkSync('/etc/hostname', join(from, 'settings'));
    await expect(putInPlace(from, to(), fine)).rejects.toThrow(/leads out of the plug-in/);
    expect(existsSync(to())).toBe(false);
  });
});
