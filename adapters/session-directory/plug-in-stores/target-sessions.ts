import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sessionStateSchema } from '@atelier/domain/broker';
import { type ResourceStore, StoreError } from '@atelier/plugin-kit/broker';
import { changeTo, reports } from '../reports.ts';
import { softTransaction } from '../soft-write.ts';
import { selectSessions } from './global-store.ts';
import { storeFailure } from './store-failure.ts';

/** Sessions that a plug-in knows of, on its own targets. */
export function targetSessions(
  database: DatabaseHandle,
  own: (name: string) => Promise<{
    readonly id: string;
    readonly name: string;
    readonly collection_id: string;
    readonly collection_name: string;
  }>,
): Pick<ResourceStore, 'addSession' | 'setSessionState'> {
  const { report } = reports(database);
  return {
    async addSession(session) {
      if (session.state !== 'active' && session.state !== 'disconnected')
        throw new StoreError('bad-value', 'a session that a host has is active or disconnected');
      const target = await own(session.target);
      const seen = {
        targetId: target.id,
        user: session.user,
        domain: session.domain,
        ...(session.hostSessionId == null ? {} : { hostSessionId: session.hostSessionId }),
      };
      const booked = await report({ ...seen, what: 'log-on' });
      if (!booked) throw new StoreError('not-found', `there is no target ${session.target}`);
      const details = {
        ...(session.initialProgram === undefined ? {} : { initial_program: session.initialProgram }),
        ...(session.clientDisplay == null ? {} : { client_display: JSON.stringify(session.clientDisplay) }),
      };
      if (Object.keys(details).length > 0)
        await database.db.updateTable('broker_session').set(details).where('id', '=', booked.id).execute();
      const what = session.state === 'disconnected' ? 'disconnect' : 'log-on';
      return (await report({ ...seen, sessionId: booked.id, what })) ?? booked;
    },

    async setSessionState(sessionId, state) {
      if (!sessionStateSchema.safeParse(state).success || state === 'connecting')
        throw new StoreError('bad-value', `a plug-in cannot make a session ${String(state)}`);
      const row = await selectSessions(database.db).where('session.id', '=', sessionId).executeTakeFirst();
      if (!row) throw new StoreError('not-found', `there is no session ${sessionId}`);
      await own(row.target_name);
      if (row.ended_at !== null) {
        if (state === 'logged-off' || state === 'orphaned') return;
        throw new StoreError('bad-value', 'the session has ended');
      }
      const change =
        state === 'orphaned'
          ? { ...changeTo(row, 'logged-off', undefined), state, end_reason: 'orphaned' }
          : changeTo(row, state, undefined);
      if (change === null) return;
      await softTransaction(database, (trx) =>
        trx
          .updateTable('broker_session')
          .set(change)
          .where('id', '=', sessionId)
          .where('ended_at', 'is', null)
          .execute()
          .catch((error) => storeFailure(error, 'the session')),
      );
    },
  };
}
