import type { ScopedObject } from '@atelier/domain/people';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';

const tables = { workspace: 'workspace', image: 'image', collection: 'broker_collection' } as const;
/** Kinds of objects for which a role may hold alone. */
export type ScopedKind = keyof typeof tables;

export const isScopedKind = (kind: string): kind is ScopedKind => Object.hasOwn(tables, kind);

/** The object by its id, or by its name without regard to case. */
export async function findScoped(
  queries: Queries,
  kind: ScopedKind,
  idOrName: string,
): Promise<(ScopedObject & { readonly kind: ScopedKind }) | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(tables[kind])} where id = ${idOrName} or lower(name) = ${idOrName.toLowerCase()}
     order by id = ${idOrName} desc limit 1`.execute(queries);
  return rows[0] && { kind, id: rows[0].id };
}
