import { type ListPage, listPage } from './protocol.ts';

/** Lists that a plug-in may read at the same time; the one that it did not go on with for longest gives way. */
const mostLists = 16;

/** Lists that a plug-in reads page by page. */
export class HostLists {
  readonly #open = new Map<number, AsyncIterator<unknown>>();
  #next = 1;

  /** The first page of what `begin` gives, or with an iterator the next page of its list. */
  async page(iterator: unknown, begin: () => AsyncIterable<unknown>): Promise<ListPage> {
    const known = typeof iterator === 'number';
    const source = known ? this.#open.get(iterator) : begin()[Symbol.asyncIterator]();
    if (!source) throw new Error('there is no such list: it ended, or too many others were begun');
    if (known) this.#open.delete(iterator);
    const items: unknown[] = [];
    while (items.length < listPage) {
      const one = await source.next();
      if (one.done) return { items, iterator: null };
      items.push(one.value);
    }
    const id = this.#next++;
    this.#open.set(id, source);
    if (this.#open.size > mostLists) this.close(this.#open.keys().next().value);
    return { items, iterator: id };
  }

  close(iterator: unknown): void {
    const source = this.#open.get(iterator as number);
    this.#open.delete(iterator as number);
    source?.return?.().catch(() => undefined);
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id);
  }
}
