/**
 * A process to be killed: reads one job (a line of JSON) from its standard input, does it, and prints a line when it is done.
 * It has loaded everything by the time it says `ready`, so that a random moment after that is one of the job.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  fileSystemStore,
  gc,
  httpSource,
  mirrorRepository,
  publishVersion,
  repack,
} from '@atelier/adapters/repository';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { signerFromPem } from '@atelier/trim';

export type CrashJob =
  | {
      readonly kind: 'publish';
      readonly repository: string;
      readonly key: string;
      readonly image: string;
      readonly version: number;
      readonly source: string;
      readonly parents: readonly number[];
    }
  | { readonly kind: 'gc'; readonly repository: string }
  | { readonly kind: 'repack'; readonly repository: string; readonly key: string }
  | { readonly kind: 'mirror'; readonly url: string; readonly copy: string; readonly bytesPerSecond: number }
  | {
      readonly kind: 'fetch';
      readonly url: string;
      readonly trust: Parameters<typeof fetchVersion>[0]['trust'];
      readonly image: string;
      readonly version: number;
      readonly target: string;
      readonly partialDir: string;
      readonly previous: readonly { readonly diskPath: string; readonly indexPath: string }[];
      readonly bytesPerSecond: number;
    };

async function run(job: CrashJob): Promise<void> {
  switch (job.kind) {
    case 'publish': {
      const store = await fileSystemStore(job.repository);
      const compression = { level: 3, deltaLevel: 3, frameBlocks: 16, packBytes: 100_000 };
      await publishVersion({ ...job, store, signer: signerFromPem(job.key), workers: 1, compression });
      return;
    }
    case 'gc':
      await gc({ store: await fileSystemStore(job.repository), graceMs: 0 });
      return;
    case 'repack':
      await repack({ store: await fileSystemStore(job.repository), signer: signerFromPem(job.key), leastLive: 0.9 });
      return;
    case 'mirror': {
      const { url, copy, bytesPerSecond } = job;
      const store = await fileSystemStore(copy);
      await mirrorRepository({ source: httpSource(url), store, images: ['desk'], bytesPerSecond });
      return;
    }
    case 'fetch': {
      const { url, partialDir, previous, version, bytesPerSecond } = job;
      await fetchVersion({
        ...job,
        repository: { baseUrls: [url] },
        want: { version },
        sources: { partialDir, previous },
        workers: 1,
        // one after the other, so that frames are finished all the time
        parallel: 1,
        bandwidthBytesPerSecond: bytesPerSecond,
      });
    }
  }
}

console.log('ready');
const lines = createInterface({ input: process.stdin });
const [line] = (await once(lines, 'line')) as [string];
lines.close();
await run(JSON.parse(line) as CrashJob);
console.log('finished');
