import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer.ts';
import { versionsOf } from './peer.ts';
import { timedRun } from './timed-run.ts';

export const casync: Peer = {
  name: 'casync',
  async prepare({ served, disk }) {
    const folder = join(served, 'casync');
    mkdirSync(folder, { recursive: true });
    const make = (version: number) =>
      timedRun(['casync', 'make', `--store=${folder}/store.castr`, `${folder}/v${version}.caibx`, disk(version)]);
    return [await make(1), await make(2), await make(3)];
  },
  async fetch({ disk, limitSeconds }, name, port, target) {
    const { to, from } = versionsOf(name);
    const seed = name === 'usr→v1' ? ['--seed=/usr'] : from ? [`--seed=${disk(from)}`] : [];
    const base = `http://127.0.0.1:${port}/casync`;
    const command = ['casync', 'extract', `--store=${base}/store.castr`, ...seed, `${base}/v${to}.caibx`, target];
    return await timedRun(command, { limitSeconds });
  },
};
