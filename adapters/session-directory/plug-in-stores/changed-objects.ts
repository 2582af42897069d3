import type { DatabaseHandle } from '@atelier/adapters/postgres';
import type { Session, Target } from '@atelier/domain/broker';
import { sessionOf, targetOf } from '../rows.ts';
import { selectSessions, selectTargets } from './global-store.ts';

/** What a change told of, as it is now; null when it is gone. */
export interface ChangedObjects {
  session(id: string): Promise<Session | null>;
  target(id: string): Promise<Target | null>;
}

export function changedObjects({ db }: Pick<DatabaseHandle, 'db'>): ChangedObjects {
  return {
    async session(id) {
      const row = await selectSessions(db).where('session.id', '=', id).executeTakeFirst();
      return row ? sessionOf(row, { target: row.target_name, collection: row.collection_name }) : null;
    },
    async target(id) {
      const row = await selectTargets(db).where('target.id', '=', id).executeTakeFirst();
      return row ? targetOf(row, row.collection_name) : null;
    },
  };
}
