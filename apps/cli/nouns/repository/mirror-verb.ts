import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileSystemStore, mirrorRepository } from '@atelier/adapters/repository';
import { flag, number, text, texts } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Verb } from '../../command/verb.ts';
import { formatBytes } from '../../output/format-value.ts';
import { done } from '../../output/output.ts';
import { bar, progressLine } from '../../terminal/progress-line.ts';
import { sourceAt, told } from './location.ts';

export const mirrorVerb: Verb = {
  name: 'mirror',
  summary: 'copy a repository into a folder: for another web server, another site, or a stick',
  arguments: [
    { name: 'source', summary: 'folder or https address of the repository', completes: 'file' },
    { name: 'folder', summary: 'where the copy goes, or is brought up to date', completes: 'file' },
  ],
  options: [
    {
      flags: '-i, --image <name>',
      summary: 'only this image; give it once for each',
      repeat: true,
      completes: 'image',
    },
    {
      flags: '-n, --versions <count>',
      summary: 'only the newest so many, and those of channels',
      parse: wholeNumber(1),
    },
    { flags: '--prune', summary: 'take other versions out of the copy; "gc" then frees their room' },
    { flags: '--rate <mib>', summary: 'MiB by the second at most', parse: wholeNumber(1) },
    { flags: '--root <file>', summary: 'root.json to trust for a new copy; else the source’s own', completes: 'file' },
    { flags: '--ca <file>', summary: 'certificate authority of the source', completes: 'file' },
  ],
  examples: [
    ['atelier repository mirror /var/lib/atelier/repository /media/stick', 'takes only what the stick lacks'],
    [
      'atelier repository mirror https://atelier.example/repository /srv/mirror --image debian-lab --versions 2',
      'over the network the images must be named; Ctrl-C and start again: it goes on where it was',
    ],
  ],
  run: (call) =>
    told('the repository could not be copied', async () => {
      const source = await sourceAt(call, call.args.source!);
      const folder = resolve(call.args.folder!);
      await mkdir(folder, { recursive: true });
      const images = texts(call, 'image');
      const root = text(call, 'root');
      const rate = number(call, 'rate');
      const line = progressLine(call.terminal, call.common.quiet);
      const result = await mirrorRepository({
        source,
        store: await fileSystemStore(folder),
        images: images.length > 0 ? images : undefined,
        versions: number(call, 'versions'),
        prune: flag(call, 'prune'),
        root: root && (await readFile(root, 'utf8')),
        bytesPerSecond: rate && rate * 1024 * 1024,
        onProgress: ({ bytesDone, bytesTotal, filesDone, filesTotal }) =>
          line.update(
            `  copying  ${bar(bytesTotal ? bytesDone / bytesTotal : null)}  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}, file ${Math.min(filesDone + 1, filesTotal)} of ${filesTotal}`,
          ),
        signal: call.signal,
      }).finally(() => line.end());
      const { versions, copiedBytes, resumedBytes, presentBytes } = result;
      const there = `${formatBytes(presentBytes + resumedBytes)} were there`;
      return done(
        `${folder} has ${versions.length} versions: ${formatBytes(copiedBytes)} copied, ${there}`,
        result,
        folder,
      );
    }),
};
