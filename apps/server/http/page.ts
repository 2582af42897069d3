import { AtelierError } from '@atelier/domain/errors';
import type { z } from 'zod';

/** A page as the contract has it. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

/**
 * The keyset that a cursor stands for, checked against `shape`; undefined at the first page.
 * @throws AtelierError `request.invalid` when the cursor was not made by {@link pageOf} for this list
 */
export function readCursor<Shape extends z.ZodType>(
  cursor: string | undefined,
  shape: Shape,
): z.output<Shape> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    throw new AtelierError('request.invalid', 'query.cursor: not a cursor of this list', {
      cause: error,
      extra: { fields: [{ field: 'query.cursor', message: 'not a cursor of this list' }] },
    });
  }
}

/**
 * A page from rows that were read with `limit + 1`: the extra row only says that there is more.
 * `key` gives the values by which the list is ordered and the next page found; they must identify a row.
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => unknown,
  item: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(item),
    next: more ? Buffer.from(JSON.stringify(key(last))).toString('base64url') : null,
  };
}
