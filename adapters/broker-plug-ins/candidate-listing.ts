import type { Target } from '@atelier/domain/broker';
import type { SessionDirectory } from '../session-directory/index.ts';
import { filterPage } from './filter-through.ts';

type Listing = Promise<readonly (readonly Target[])[]>;
type ListingDirectory = Pick<SessionDirectory, 'targets'>;

/** Decisions of so many milliseconds share what was read of a large collection: filters may be that late, since claiming looks at the target itself. */
const sharedForMs = 1000;

const shared = new WeakMap<ListingDirectory, Map<string, Listing>>();

/** The pages of a collection from the second one on. */
async function pagesAfter(directory: ListingDirectory, collection: string, first: readonly Target[]) {
  const pages = [first];
  while (pages.at(-1)!.length === filterPage) {
    const after = pages.at(-1)!.at(-1)!.name;
    pages.push(await directory.targets({ collection, after, limit: filterPage }));
  }
  return pages;
}

/**
 * All targets of a collection, in pages that filters can be given. Those of a small collection are read anew each time; a large one (10,000 targets take
 * 20 reads) is read once for the decisions of a second together.
 */
export async function candidatePages(directory: ListingDirectory, collection: string): Listing {
  let listings = shared.get(directory);
  const known = listings?.get(collection);
  if (known) return known;
  const first = await directory.targets({ collection, limit: filterPage });
  if (first.length < filterPage) return [first];
  listings = shared.get(directory) ?? new Map<string, Listing>();
  shared.set(directory, listings);
  // Others may have begun while the first page was read.
  const begun = listings.get(collection);
  if (begun) return begun;
  const of = listings;
  const listing = pagesAfter(directory, collection, first);
  of.set(collection, listing);
  const forget = () => of.delete(collection);
  listing.then(() => setTimeout(forget, sharedForMs).unref(), forget);
  return listing;
}
