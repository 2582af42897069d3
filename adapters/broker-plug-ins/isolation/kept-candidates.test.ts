import type { Target } from '@atelier/domain/broker';
import { sampleTarget } from '@atelier/plugin-kit/broker/conformance';
import { expect, it } from 'vitest';
import { candidatePages } from '../candidate-listing.ts';
import { CandidateShelf } from './candidate-shelf.ts';
import { GuestCandidates } from './guest-candidates.ts';
import { readRemovals } from './page-removals.ts';
import type { CandidatesParams } from './protocol.ts';

/** A collection of 1,100 targets whose changes can be asked for. */
function directoryOf() {
  const all = Array.from({ length: 1100 }, (_, n) => sampleTarget(`t${String(n).padStart(4, '0')}`));
  let changed: Target[] = [];
  let reads = 0;
  return {
    reads: () => reads,
    change: (at: number, said: Partial<Target>) => {
      all[at] = { ...all[at]!, ...said };
      changed.push(all[at]);
    },
    remove: (at: number) => void all.splice(at, 1),
    targets: async ({ after, limit }: { readonly after?: string; readonly limit?: number }) => {
      reads += 1;
      const from = after === undefined ? 0 : all.findIndex((one) => one.name > after);
      return from < 0 ? [] : all.slice(from, from + limit!);
    },
    changedTargets: async ({ since }: { readonly since: string | null }) => {
      const news = since === null ? [] : changed;
      changed = [];
      return { mark: 'm', count: all.length, changed: news };
    },
  };
}

const settle = async (
  directory: ReturnType<typeof directoryOf>,
  sees: (pages: readonly (readonly Target[])[]) => boolean,
) => expect.poll(async () => sees(await candidatePages(directory, 'c')), { timeout: 5000, interval: 50 }).toBe(true);

it('a large collection is read once; afterwards only what changed is, and pages without changes stay the same', async () => {
  const directory = directoryOf();
  const before = await candidatePages(directory, 'c');
  expect([before.map((page) => page.length), directory.reads()]).toEqual([[500, 500, 100], 4]);
  directory.change(501, { numSessions: 7 });
  await settle(directory, (pages) => pages[1]![1]!.numSessions === 7);
  const after = await candidatePages(directory, 'c');
  expect([after[0] === before[0], after[1] === before[1], after[2] === before[2], directory.reads()]).toEqual([
    true,
    false,
    true,
    4,
  ]);
  // What came or went, or got another name, has the pages read anew.
  directory.remove(3);
  await settle(directory, (pages) => pages.flat().length === 1099);
  directory.change(0, { name: 'a-new-name' });
  await settle(directory, (pages) => pages[0]![0]!.name === 'a-new-name');
});

it('a plug-in has each page once, and then what changed of it', async () => {
  const directory = directoryOf();
  const guest = new GuestCandidates();
  const sent: CandidatesParams[] = [];
  const shelf = new CandidateShelf((method, about) => {
    if (method === '$/forgetCandidates') return guest.forget((about as { pages: number[] }).pages);
    sent.push(about as CandidatesParams);
    guest.take(structuredClone(about) as CandidatesParams);
  });
  const filter = async () => {
    const pages = (await candidatePages(directory, 'c')).map((page, at) => ({
      page,
      gone: new Set(at === 0 ? [0] : []),
    }));
    const about = pages.map(({ page, gone }) => ({ page: shelf.number(page), gone: [...gone] }));
    let seen = 0;
    const answer = await guest.filter(about, (left) => {
      seen += left.length;
      return left.filter((one) => one.numSessions > 5).map(({ name: targetName }) => ({ targetName, reason: 'busy' }));
    });
    return { seen, removed: readRemovals(structuredClone(answer), pages)! };
  };
  expect(await filter()).toEqual({ seen: 1099, removed: [[], [], []] });
  expect(sent.map((one) => one.targets?.length)).toEqual([500, 500, 100]);
  directory.change(501, { numSessions: 9 });
  await settle(directory, (pages) => pages[1]![1]!.numSessions === 9);
  expect((await filter()).removed).toEqual([[], [{ at: 1, reason: 'busy' }], []]);
  expect(sent.slice(3)).toMatchObject([{ from: 2, changes: [[1, { name: 't0501' }]] }]);
  // However often they change, few are kept.
  for (let n = 10; n < 200; n++) {
    const page = Array.from({ length: 3 }, () => sampleTarget(`x${n}`));
    shelf.number(page);
  }
  expect((await filter()).removed[1]).toEqual([{ at: 1, reason: 'busy' }]);
});

it.each<[string, unknown, RegExp]>([
  ['no list', 17, /its answer is none/],
  ['no groups', [[['busy']], [], []], /its answer is none/],
  ['fewer pages', [[]], /about 1 pages/],
  ['a place beyond', [[['busy', [3]]]], /place 3/],
])('an answer that is none (%s) is a failure', (_, answer, why) => {
  const page = [sampleTarget('h1')];
  const pages = [{ page, gone: new Set<number>() }].slice(0, /about/.test(why.source) ? 0 : 1);
  const many = why.source.includes('none') ? [pages[0]!, pages[0]!, pages[0]!] : pages;
  expect(() => readRemovals(answer, many)).toThrow(why);
  expect(readRemovals(null, many)).toBeNull();
});

it('a filter in a thread that removes what is no candidate, or says no reason, is told so', async () => {
  const guest = new GuestCandidates();
  guest.take({ page: 1, targets: [sampleTarget('h1'), sampleTarget('h2')] });
  const asking = (said: unknown, gone: number[] = []) => guest.filter([{ page: 1, gone }], () => said);
  await expect(asking([{ targetName: 'h9', reason: 'x' }])).rejects.toThrow(/no candidate/);
  await expect(asking([{ targetName: 'h1', reason: 'x' }], [0])).rejects.toThrow(/no candidate/);
  await expect(asking([{ targetName: 'h1' }])).rejects.toThrow(/reason/);
  await expect(asking('h1')).rejects.toThrow(/no list/);
  expect(await asking(undefined)).toBeNull();
  expect(await asking([])).toEqual([[]]);
  await expect(guest.filter([{ page: 7, gone: [] }], () => [])).rejects.toThrow(/no page 7/);
});
