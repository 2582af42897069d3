/**
 * A process to be killed: publishes or fetches once, as its argument (JSON) says, and prints a line when it is done.
 * The parent kills it at a random moment; whoever runs it again must find everything in order.
 */
import { fileSystemStore, gc, publishVersion } from '@atelier/adapters/repository';
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

const job = JSON.parse(process.argv[2] ?? '') as CrashJob;
console.log('started');
if (job.kind === 'publish') {
  const store = await fileSystemStore(job.repository);
  const compression = { level: 3, deltaLevel: 3, frameBlocks: 32, packBytes: 400_000 };
  await publishVersion({ ...job, store, signer: signerFromPem(job.key), workers: 1, compression });
} else if (job.kind === 'gc') {
  await gc({ store: await fileSystemStore(job.repository), graceMs: 0 });
} else {
  const { url, partialDir, previous, version, bytesPerSecond } = job;
  const sources = { partialDir, previous };
  await fetchVersion({
    ...job,
    repository: { baseUrls: [url] },
    want: { version },
    sources,
    workers: 1,
    bandwidthBytesPerSecond: bytesPerSecond,
  });
}
console.log('finished');
