import { linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Peer, versionsOf } from './peer.ts';
import { timedRun } from './timed-run.ts';

export const zsync: Peer = {
  name: 'zsync',
  async prepare({ served, disk }) {
    const folder = join(served, 'zsync');
    mkdirSync(folder, { recursive: true });
    const make = async (version: number) => {
      linkSync(disk(version), join(folder, `v${version}.img`));
      return await timedRun([
        'zsyncmake',
        '-u',
        `v${version}.img`,
        '-o',
        `${folder}/v${version}.zsync`,
        `${folder}/v${version}.img`,
      ]);
    };
    return [await make(1), await make(2), await make(3)];
  },
  async fetch({ disk, scratch, limitSeconds }, name, port, target) {
    const { to, from } = versionsOf(name);
    if (name === 'usr→v1') return null;
    const seed = from ? ['-i', disk(from)] : [];
    return await timedRun(['zsync', '-q', ...seed, '-o', target, `http://127.0.0.1:${port}/zsync/v${to}.zsync`], {
      cwd: scratch,
      limitSeconds,
    });
  },
};
