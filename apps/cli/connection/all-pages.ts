/** One page as the API gives it. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Reads pages until there are `limit` items or no more. */
export async function allPages<Item>(
  read: (query: { limit: number; cursor?: string }) => Promise<Page<Item>>,
  limit: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  while (items.length < limit) {
    const page = await read({ limit: Math.min(200, limit - items.length), cursor });
    items.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  return items.slice(0, limit);
}
