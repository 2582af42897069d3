import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Peer, versionsOf } from './peer.ts';
import { type Timed, timedRun } from './timed-run.ts';

/** What bin/atelier.mjs gives a client, and nobody else. */
const clientFlags = ['--max-semi-space-size=1'];
const clientEnvironment = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' };

/** Runs one of our programs as it runs once installed: compiled modules are kept, so that no run compiles them again. */
export function ourProgram(
  name: 'fetch.ts' | 'poll.ts' | 'publish.ts',
  args: readonly string[],
  scratch: string,
  limitSeconds?: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  const isClient = name !== 'publish.ts';
  const flags = ['--disable-warning=ExperimentalWarning', ...(isClient ? clientFlags : [])];
  return timedRun([process.execPath, ...flags, join(import.meta.dirname, name), ...args], {
    limitSeconds,
    env: { NODE_COMPILE_CACHE: join(scratch, 'compiled'), ...(isClient ? clientEnvironment : {}), ...env },
  });
}

/** Trim Transfer. A client keeps the index beside each version that it fetched; here `indexes/` stands for that. */
export const atelier: Peer = {
  name: 'atelier',
  async prepare({ served, scratch, disk }) {
    const folder = join(served, 'atelier');
    const publish = (version: number, ...parents: number[]) =>
      ourProgram('publish.ts', [folder, String(version), disk(version), ...parents.map(String)], scratch);
    return [await publish(1), await publish(2, 1), await publish(3, 2)];
  },
  async fetch({ served, scratch, disk, limitSeconds }, name, port, target) {
    const { to, from } = versionsOf(name);
    const indexes = join(scratch, 'indexes');
    mkdirSync(indexes, { recursive: true });
    const seed = from
      ? ['--previous', disk(from), join(indexes, `v${from}.index`)]
      : name === 'usr→v1'
        ? ['--host', '/usr', join(scratch, 'host.index')]
        : [];
    const published = join(served, 'atelier');
    const url = `http://127.0.0.1:${port}/atelier/repository`;
    const timed = await ourProgram('fetch.ts', [published, url, String(to), target, ...seed], scratch, limitSeconds);
    if (existsSync(`${target}.index`)) {
      copyFileSync(`${target}.index`, join(indexes, `v${to}.index.new`));
      renameSync(join(indexes, `v${to}.index.new`), join(indexes, `v${to}.index`));
    }
    return timed;
  },
};
