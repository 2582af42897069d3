import type { Pages } from '../api/query.ts';

/** A list that is already here, in the form that DataTable takes. */
export const localPages = <T>(rows: readonly T[]): Pages<T> =>
  ({
    rows: [...rows],
    isPending: false,
    error: null,
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: async () => undefined,
    refetch: async () => undefined,
  }) as unknown as Pages<T>;
