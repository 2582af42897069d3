import type { Client } from '@atelier/api';
import { type UseQueryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from './client.ts';

type Capability = keyof Client;
type Operation<C extends Capability> = keyof Client[C] & string;
// biome-ignore lint/suspicious/noExplicitAny: the shape of any client function, to take its argument and answer apart
type AnyCall = (call?: any, options?: any) => Promise<any>;
type Fn<C extends Capability, N extends Operation<C>> = Client[C][N] extends AnyCall ? Client[C][N] : never;
export type AnswerOf<C extends Capability, N extends Operation<C>> = Awaited<ReturnType<Fn<C, N>>>;
export type CallOf<C extends Capability, N extends Operation<C>> = NonNullable<Parameters<Fn<C, N>>[0]>;
type Item<C extends Capability, N extends Operation<C>> =
  AnswerOf<C, N> extends { items: readonly (infer T)[]; next: string | null } ? T : never;

const call = (capability: string, name: string) =>
  (api as unknown as Record<string, Record<string, AnyCall>>)[capability]![name]!;

/** Key of a read in the cache: changes are matched by its first part, the capability. */
export const keyOf = (capability: Capability, name: string, args?: unknown) =>
  [capability, name, args ?? null] as const;

/** Reads one thing; kept fresh by the change stream. */
export function useRead<C extends Capability, N extends Operation<C>>(
  capability: C,
  name: N,
  args?: CallOf<C, N>,
  options: Omit<UseQueryOptions<AnswerOf<C, N>>, 'queryKey' | 'queryFn'> = {},
) {
  return useQuery<AnswerOf<C, N>>({
    queryKey: keyOf(capability, name, args),
    queryFn: ({ signal }) => call(capability, name)(args, { signal }),
    ...options,
  });
}

/** Reads a paged list, page by page. */
export function usePages<C extends Capability, N extends Operation<C>>(
  capability: C,
  name: N,
  args?: CallOf<C, N>,
  options: { enabled?: boolean; refetchInterval?: number | false } = {},
) {
  const query = useInfiniteQuery({
    queryKey: keyOf(capability, name, { pages: true, ...(args as object | undefined) }),
    queryFn: ({ signal, pageParam }) => {
      const one = (args ?? {}) as { query?: object };
      return call(capability, name)({ ...one, query: { ...one.query, cursor: pageParam ?? undefined } }, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: { next: string | null }) => last.next,
    ...options,
  });
  const rows = (query.data?.pages ?? []).flatMap((one) => (one as unknown as { items: Item<C, N>[] }).items);
  return { ...query, rows };
}
export type Pages<T> = Pick<
  ReturnType<typeof usePages>,
  'isPending' | 'error' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'refetch'
> & { rows: T[] };
