import { readFile } from 'node:fs/promises';
import { gc, repack } from '@atelier/adapters/repository';
import { signerFromPem } from '@atelier/trim';
import { number, text } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Verb } from '../../command/verb.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { formatBytes } from '../../output/format-value.ts';
import { done } from '../../output/output.ts';
import { bar, progressLine } from '../../terminal/progress-line.ts';
import { finishTask } from '../../work/finish-task.ts';
import { onlyCount } from './fsck-verb.ts';
import { keysAt, keysOption, localStore, repositoryOption, told } from './location.ts';

const hour = 3_600_000;
const countOption = { flags: '--dry-run', summary: 'say what would be done' };

export const gcVerb: Verb = {
  name: 'gc',
  summary: 'remove files that no version needs',
  options: [
    repositoryOption,
    countOption,
    {
      flags: '--grace <hours>',
      summary: 'with --repository: files younger than this stay, for clients that still read them',
      parse: wholeNumber(0),
      default: 24,
    },
  ],
  waits: true,
  examples: [
    ['atelier repository gc --dry-run', 'counts files and bytes, removes nothing'],
    ['atelier repository gc --repository /srv/mirror', 'cleans a mirror; what was removed in the last day stays'],
  ],
  run: (call) =>
    told('the repository could not be cleaned', async () => {
      const dryRun = onlyCount(call);
      const store = await localStore(call);
      if (!store) {
        const { taskId } = await call.api.images.gc({ body: { dryRun } });
        return finishTask(call, taskId, dryRun ? 'what gc would remove was counted' : 'the repository was cleaned');
      }
      const graceMs = (number(call, 'grace') ?? 24) * hour;
      const result = await gc({ store, dryRun, graceMs, keptMs: graceMs });
      const files = `${result.removed.length} files, ${formatBytes(result.freedBytes)}`;
      return done(`${dryRun ? 'would remove' : 'removed'} ${files}; ${result.kept.length} are too young to go`, result);
    }),
};

export const repackVerb: Verb = {
  name: 'repack',
  summary: 'rewrite packs of which little is needed any more',
  options: [
    repositoryOption,
    keysOption,
    countOption,
    {
      flags: '--least-live <percent>',
      summary: 'packs of which a smaller part is needed are rewritten',
      parse: wholeNumber(1),
      default: 50,
    },
    {
      flags: '--rate <mib>',
      summary: 'MiB that are read or written by the second at most; 0: as fast as it goes',
      parse: wholeNumber(0),
      default: 20,
    },
    {
      flags: '--signing-key <file>',
      summary: 'with --repository: the key (PEM) that signs its manifests',
      completes: 'file',
    },
  ],
  waits: true,
  examples: [
    ['atelier repository repack --dry-run', 'how many packs are mostly waste, and what rewriting them would free'],
    ['atelier repository repack --rate 5', 'gently; clients go on fetching, "gc" frees the room a day later'],
  ],
  run: (call) =>
    told('the repository could not be repacked', async () => {
      const dryRun = onlyCount(call);
      const percent = number(call, 'leastLive') ?? 50;
      if (percent > 95) throw usageFailure(`--least-live takes 1 to 95, not ${percent}`);
      const [leastLive, mibPerSecond] = [percent / 100, number(call, 'rate') ?? 20];
      const store = await localStore(call);
      if (!store) {
        const { taskId } = await call.api.images.repack({ body: { dryRun, leastLive, mibPerSecond } });
        return finishTask(call, taskId, dryRun ? 'what repack would rewrite was counted' : 'the packs were rewritten');
      }
      const keyFile = text(call, 'signingKey');
      if (!keyFile && !dryRun) throw usageFailure('repack writes manifests: give --signing-key');
      const line = progressLine(call.terminal, call.common.quiet);
      const result = await repack({
        store,
        signer: keyFile ? signerFromPem(await readFile(keyFile, 'utf8')) : unsigned,
        keys: keysAt(call),
        dryRun,
        leastLive,
        bytesPerSecond: mibPerSecond === 0 ? undefined : mibPerSecond * 1024 * 1024,
        onProgress: ({ bytesDone, bytesTotal }) =>
          line.update(`  rewriting  ${bar(bytesTotal ? bytesDone / bytesTotal : null)}  ${formatBytes(bytesDone)}`),
        signal: call.signal,
      }).finally(() => line.end());
      const what = `${result.packs.length} packs, about ${formatBytes(result.savedBytes)} of waste`;
      const left = result.withoutKey.length > 0 ? `; without a key for ${result.withoutKey.join(', ')}` : '';
      return done(`${dryRun ? 'would rewrite' : 'rewrote'} ${what}${left}`, result);
    }),
};

/** Stands where a signer is asked for but nothing is signed. */
const unsigned: ReturnType<typeof signerFromPem> = {
  get publicKey(): never {
    throw new Error('nothing is signed in a dry run');
  },
  sign: () => Promise.reject(new Error('nothing is signed in a dry run')),
};
