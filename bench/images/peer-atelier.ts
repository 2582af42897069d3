import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Peer, versionsOf } from './peer.ts';
import { timedRun } from './timed-run.ts';

const program = (name: string) => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, name),
];

/** Trim Transfer. A client keeps the index beside each version that it fetched; here `indexes/` stands for that. */
export const atelier: Peer = {
  name: 'atelier',
  async prepare({ served, disk }) {
    const folder = join(served, 'atelier');
    const publish = (version: number, ...parents: number[]) =>
      timedRun([...program('publish.ts'), folder, String(version), disk(version), ...parents.map(String)]);
    const first = await publish(1);
    await publish(2, 1);
    await publish(3, 2);
    return first;
  },
  async fetch({ served, scratch, disk }, name, port, target) {
    const { to, from } = versionsOf(name);
    const indexes = join(scratch, 'indexes');
    mkdirSync(indexes, { recursive: true });
    const seed = from
      ? ['--previous', disk(from), join(indexes, `v${from}.index`)]
      : name === 'usr→v1'
        ? ['--host', '/usr', join(scratch, 'host.index')]
        : [];
    const timed = await timedRun([
      ...program('fetch.ts'),
      join(served, 'atelier'),
      `http://127.0.0.1:${port}/atelier/repository`,
      String(to),
      target,
      ...seed,
    ]);
    if (existsSync(`${target}.index`)) {
      copyFileSync(`${target}.index`, join(indexes, `v${to}.index.new`));
      renameSync(join(indexes, `v${to}.index.new`), join(indexes, `v${to}.index`));
    }
    return timed;
  },
};
