import { type ImageStats, stats, type VersionStats } from '@atelier/adapters/repository';
import type { Verb } from '../../command/verb.ts';
import { formatBytes } from '../../output/format-value.ts';
import { type Column, list } from '../../output/output.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { followTask } from '../../work/finish-task.ts';
import { keysAt, keysOption, localStore, repositoryOption, told } from './location.ts';

type Row = VersionStats & { readonly image: string; readonly packs: ImageStats['packs'] };

const fromNothing = (one: Row) => one.costs.find(({ from }) => from === null)?.wireBytes;
const columns: readonly Column<Row>[] = [
  { title: 'version', value: (one) => one.version },
  { title: 'disk', value: (one) => formatBytes(one.size) },
  { title: 'new packs', value: (one) => formatBytes(one.packBytes) },
  { title: 'deltas', value: (one) => formatBytes(one.deltas.reduce((sum, { bytes }) => sum + bytes, 0)) },
  { title: 'index', value: (one) => formatBytes(one.indexBytes) },
  { title: 'shared', value: (one) => formatBytes(one.sharedBytes) },
  { title: 'only here', value: (one) => formatBytes(one.uniqueBytes) },
  { title: 'from nothing', value: (one) => formatBytes(fromNothing(one)) },
  {
    title: 'from earlier',
    value: (one) =>
      one.costs.flatMap(({ from, wireBytes }) => (from === null ? [] : [`${from}: ${formatBytes(wireBytes)}`])),
  },
];

export const statsVerb: Verb = {
  name: 'stats',
  summary: 'what each version of an image costs, to keep and to fetch, and how full its packs are',
  arguments: [{ name: 'image', summary: 'the image’s name', completes: 'image' }],
  options: [repositoryOption, keysOption],
  waits: true,
  examples: [
    ['atelier repository stats debian-lab', 'bytes on the wire from nothing and from each earlier version'],
    ['atelier repository stats debian-lab --repository /srv/mirror -o json', 'with how much of each pack is needed'],
  ],
  run: (call) =>
    told('the statistics could not be made', async () => {
      const image = call.args.image!;
      const store = await localStore(call);
      const line = progressLine(call.terminal, call.common.quiet);
      if (store) line.update(`  reckoning over every version of ${image}`);
      const found = store
        ? await stats({ store, image, keys: keysAt(call), signal: call.signal }).finally(() => line.end())
        : ((await followTask(call, (await call.api.images.stats({ params: { name: image } })).taskId))
            .result as unknown as ImageStats);
      const waste = found.packs.reduce((sum, { bytes, liveBytes }) => sum + bytes - liveBytes, 0);
      if (!call.common.quiet && found.versions.length > 0)
        call.terminal.err.write(
          `${found.packs.length} packs; ${formatBytes(found.totalBytes)} in all, ${formatBytes(waste)} of them hashes and waste\n`,
        );
      const rows = found.versions.map((one) => ({ image, ...one, packs: found.packs }));
      return list(rows, columns, (one) => `${image}/${one.version}`, `${image} has no published version`);
    }),
};
