import type { Target } from '@atelier/domain/broker';
import type { SessionDirectory } from '../session-directory/index.ts';
import { filterPage } from './filter-through.ts';

type Page = readonly Target[];
type ListingDirectory = Pick<SessionDirectory, 'targets'> & Partial<Pick<SessionDirectory, 'changedTargets'>>;

/** How a page came from another one: what is different, by its place. */
export interface PageChange {
  readonly from: Page;
  readonly changes: readonly (readonly [at: number, target: Target])[];
}
const changed = new WeakMap<Page, PageChange>();

/** What a page that was read again has in place of the one before; null when that is not known. */
export const changeOf = (page: Page): PageChange | null => changed.get(page) ?? null;

/** What was read is given as it is for so many milliseconds, and is read again meanwhile from half of them on. */
const freshMs = 1000;
/** A listing that nobody asked for so long is forgotten. */
const keptMs = 60_000;

interface Listing {
  pages: readonly Page[];
  mark: string | null;
  readAt: number;
  usedAt: number;
  reading: Promise<void> | null;
}

const shared = new WeakMap<ListingDirectory, Map<string, Promise<Listing>>>();

/** All pages of a collection, of which the first may have been read. */
async function readPages(directory: ListingDirectory, collection: string, first?: Page): Promise<readonly Page[]> {
  const pages = [first ?? (await directory.targets({ collection, limit: filterPage }))];
  while (pages.at(-1)!.length === filterPage) {
    const after = pages.at(-1)!.at(-1)!.name;
    pages.push(await directory.targets({ collection, after, limit: filterPage }));
  }
  return pages;
}

/** The pages with what changed in them; null when targets came, went or got other names. */
function withChanges(pages: readonly Page[], all: readonly Target[], count: number): readonly Page[] | null {
  if (pages.reduce((sum, page) => sum + page.length, 0) !== count) return null;
  if (all.length === 0) return pages;
  const byId = new Map(all.map((one) => [one.id, one]));
  const next = pages.map((page) => {
    const changes: (readonly [number, Target])[] = [];
    page.forEach((one, at) => {
      const now = byId.get(one.id);
      if (!now || now.name !== one.name) return;
      byId.delete(one.id);
      if (JSON.stringify(now) !== JSON.stringify(one)) changes.push([at, now]);
    });
    if (changes.length === 0) return page;
    const copy = page.slice();
    for (const [at, target] of changes) copy[at] = target;
    changed.set(copy, { from: page, changes });
    return copy;
  });
  return byId.size === 0 ? next : null;
}

async function readAgain(directory: ListingDirectory, collection: string, listing: Listing): Promise<void> {
  const began = performance.now();
  const { mark } = listing;
  const news = await directory.changedTargets?.({ collection, since: mark });
  const next = news && mark !== null ? withChanges(listing.pages, news.changed, news.count) : null;
  listing.pages = next ?? (await readPages(directory, collection));
  listing.mark = news?.mark ?? null;
  listing.readAt = began;
}

async function begin(directory: ListingDirectory, collection: string, first: Page): Promise<Listing> {
  const readAt = performance.now();
  // Before the pages: what changes while they are read is read once more.
  const news = await directory.changedTargets?.({ collection, since: null });
  const pages = await readPages(directory, collection, news ? undefined : first);
  return { pages, mark: news?.mark ?? null, readAt, usedAt: readAt, reading: null };
}

function forgetLater(listings: Map<string, Promise<Listing>>, collection: string, listing: Listing): void {
  setTimeout(() => {
    if (performance.now() - listing.usedAt < keptMs) forgetLater(listings, collection, listing);
    else listings.delete(collection);
  }, keptMs).unref();
}

/**
 * All targets of a collection, in pages that filters can be given. Those of a small collection are read anew each time. A large one is kept: what changed
 * is read again each second that somebody asks (a target may be that late: claiming looks at it itself), and pages in which nothing did stay the same.
 */
export async function candidatePages(directory: ListingDirectory, collection: string): Promise<readonly Page[]> {
  let listings = shared.get(directory);
  let known = listings?.get(collection);
  if (!known) {
    const first = await directory.targets({ collection, limit: filterPage });
    if (first.length < filterPage) return [first];
    listings = shared.get(directory) ?? new Map<string, Promise<Listing>>();
    shared.set(directory, listings);
    // Others may have begun while the first page was read.
    known = listings.get(collection);
    if (!known) {
      const of = listings;
      known = begin(directory, collection, first);
      of.set(collection, known);
      known.then(
        (listing) => forgetLater(of, collection, listing),
        () => of.delete(collection),
      );
    }
  }
  const listing = await known;
  listing.usedAt = performance.now();
  const age = listing.usedAt - listing.readAt;
  if (age < freshMs / 2) return listing.pages;
  listing.reading ??= readAgain(directory, collection, listing).finally(() => {
    listing.reading = null;
  });
  if (age >= freshMs) await listing.reading;
  // Whoever comes next reads it again.
  else listing.reading.catch(() => undefined);
  return listing.pages;
}
