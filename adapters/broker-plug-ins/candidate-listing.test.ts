import type { Target } from '@atelier/domain/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import { candidatePages } from './candidate-listing.ts';

function directoryOf(count: number) {
  const all = Array.from({ length: count }, (_, n) => sampleTarget(`t${String(n).padStart(5, '0')}`));
  const reads: (string | undefined)[] = [];
  return {
    reads,
    fail: false,
    async targets({ after, limit }: { readonly after?: string; readonly limit?: number }): Promise<readonly Target[]> {
      reads.push(after);
      if (this.fail && after !== undefined) throw new Error('the database does not answer');
      const from = after === undefined ? 0 : all.findIndex((one) => one.name > after);
      return from < 0 ? [] : all.slice(from, from + limit!);
    },
  };
}

it('reads a small collection each time, and a large one once for those who come together', async () => {
  const small = directoryOf(499);
  for (let n = 0; n < 3; n++) expect((await candidatePages(small, 'c')).flat()).toHaveLength(499);
  expect(small.reads).toHaveLength(3);
  const large = directoryOf(1100);
  const together = await Promise.all(Array.from({ length: 5 }, () => candidatePages(large, 'c')));
  for (const pages of together) expect(pages.map((page) => page.length)).toEqual([500, 500, 100]);
  expect(large.reads.filter((after) => after !== undefined)).toHaveLength(2);
  expect((await candidatePages(large, 'other')).flat()).toHaveLength(1100);
});

it('forgets what could not be read', async () => {
  const directory = directoryOf(600);
  directory.fail = true;
  await expect(candidatePages(directory, 'c')).rejects.toThrow('does not answer');
  directory.fail = false;
  expect((await candidatePages(directory, 'c')).flat()).toHaveLength(600);
});
