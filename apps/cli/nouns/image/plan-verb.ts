import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Forecast, forecast, readLatest, secondsOver, sourceStore } from '@atelier/adapters/repository';
import { type Invocation, number, text, texts } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Verb } from '../../command/verb.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { formatBytes, formatSeconds } from '../../output/format-value.ts';
import { type Column, item } from '../../output/output.ts';
import { progressLine } from '../../terminal/progress-line.ts';
import { keysAt, keysOption, serverSource, sourceAt, told } from '../repository/location.ts';

type Start = { readonly versions: readonly number[]; readonly folders: readonly string[] };

/** What is at hand, from the values of --from. */
function startOf(values: readonly string[]): Start {
  const versions: number[] = [];
  const folders: string[] = [];
  for (const value of values)
    if (/^[1-9]\d{0,8}$/.test(value)) versions.push(Number(value));
    else if (value.startsWith('host:/')) folders.push(resolve(value.slice('host:'.length)));
    else if (value !== 'empty')
      throw usageFailure(`--from takes the number of a version, "empty" or "host:/FOLDER", not "${value}"`);
  return { versions, folders };
}

/** Name and version out of NAME@VERSION; without a version undefined. */
function wantedOf(given: string): { readonly image: string; readonly version?: number } {
  const [image = '', version] = given.split('@');
  if (version === undefined) return { image };
  if (!/^[1-9]\d{0,8}$/.test(version)) throw usageFailure(`"${version}" is not the number of a version`);
  return { image, version: Number(version) };
}

async function byServer(call: Invocation, start: Start): Promise<Forecast> {
  const { image, version } = wantedOf(call.args.image!);
  const to = version ?? (await call.api.images.get({ params: { name: image } })).latestVersion;
  if (!to) throw usageFailure(`${image} has no available version`, `see "atelier image ls ${image}"`);
  const query = { from: start.versions.join(',') };
  return await call.api.images.plan({ params: { name: image, number: to }, query });
}

async function byFiles(call: Invocation, start: Start): Promise<Forecast> {
  const where = text(call, 'repository');
  const source = where ? await sourceAt(call, where) : serverSource(call);
  const store = sourceStore(source);
  const { image, version } = wantedOf(call.args.image!);
  const newest = async () => {
    const listed = (await source.list?.versions(image))?.at(-1);
    const named = Object.values((await readLatest({ store, image }))?.channels ?? {}).map((one) => one.version);
    return listed ?? Math.max(0, ...named);
  };
  const to = version ?? (await newest());
  if (to === 0) throw usageFailure(`${image} has no version at ${source.address}`);
  const folder = await mkdtemp(join(tmpdir(), 'atelier-plan-'));
  const line = progressLine(call.terminal, call.common.quiet);
  try {
    if (start.folders.length > 0) line.update(`  reading ${start.folders.join(', ')}`);
    const host = { folders: start.folders, indexPath: join(folder, 'host.index') };
    const keys = keysAt(call);
    return await forecast({
      store,
      image,
      from: start.versions,
      to,
      keys,
      ...(start.folders.length > 0 ? { host } : {}),
    });
  } finally {
    line.end();
    await rm(folder, { recursive: true, force: true });
  }
}

type Shown = Forecast & { readonly seconds: number; readonly link: string };

const columns: readonly Column<Shown>[] = [
  { title: 'to', value: (one) => `${one.image}@${one.to}` },
  {
    title: 'from',
    value: (one) => (one.from.length > 0 ? one.from.map((version) => `version ${version}`) : 'nothing'),
  },
  { title: 'disk', value: (one) => formatBytes(one.bytesTotal) },
  { title: '  zeros', value: (one) => formatBytes(one.bySource.zero) },
  { title: '  from earlier versions', value: (one) => formatBytes(one.bySource.previous) },
  { title: '  from files of this computer', value: (one) => formatBytes(one.bySource.host) },
  { title: '  from the network', value: (one) => formatBytes(one.bySource.network) },
  { title: 'on the wire', value: (one) => formatBytes(one.wireBytes) },
  { title: '  frames', value: (one) => `${formatBytes(one.packBytes)} for ${one.plainFrames} of ${one.frames}` },
  { title: '  delta frames', value: (one) => `${formatBytes(one.deltaBytes)} for ${one.deltaFrames} of ${one.frames}` },
  { title: '  index and tables', value: (one) => formatBytes(one.indexBytes + one.tableBytes) },
  { title: '  hashes', value: (one) => formatBytes(one.hashBytes) },
  { title: 'requests', value: (one) => one.requests },
  { title: 'time', value: (one) => `${formatSeconds(one.seconds)} over ${one.link} at least` },
];

export const planVerb: Verb = {
  name: 'plan',
  summary: 'explain what a transfer of a version takes, without doing it',
  arguments: [{ name: 'image', summary: 'NAME, or NAME@VERSION; the newest version unless told', completes: 'image' }],
  options: [
    {
      flags: '-f, --from <what>',
      summary: 'what is at hand: a version’s number, "empty", "host:/usr"; give it once for each, the best first',
      repeat: true,
    },
    {
      flags: '-r, --repository <where>',
      summary: 'a repository in a folder or at an address, without its server',
      completes: 'file',
    },
    keysOption,
    { flags: '--ca <file>', summary: 'certificate authority of that address', completes: 'file' },
    { flags: '--link <mbit>', summary: 'rate of the link in Mbit/s', parse: wholeNumber(1), default: 100 },
    { flags: '--round-trip <ms>', summary: 'there and back on the link', parse: wholeNumber(0), default: 20 },
  ],
  examples: [
    ['atelier image plan debian-lab --from 1', 'version 1 is there: what the newest takes'],
    ['atelier image plan debian-lab@3 --from empty --link 20', 'a new computer on a slow link'],
    ['atelier image plan debian-lab --from 2 --from host:/usr', 'this computer’s own files lend blocks too'],
    ['atelier image plan debian-lab@3 --from 2 --repository /srv/mirror -o json', 'from the files themselves'],
  ],
  run: (call) =>
    told('the transfer could not be planned', async () => {
      const start = startOf(texts(call, 'from'));
      const files = text(call, 'repository') !== undefined || start.folders.length > 0;
      const plan = await (files ? byFiles(call, start) : byServer(call, start));
      const [mbit, roundTrip] = [number(call, 'link') ?? 100, number(call, 'roundTrip') ?? 20];
      const seconds = secondsOver(plan, { bytesPerSecond: mbit * 125_000, roundTripSeconds: roundTrip / 1000 });
      const shown = { ...plan, seconds: Math.round(seconds * 10) / 10, link: `${mbit} Mbit/s` };
      return item(shown, columns, `${plan.image}@${plan.to}`);
    }),
};
