import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { SessionDirectory } from './session-directory.ts';

/** PostgreSQL stores no NUL in text; clients choose what they are called. */
const clean = (text: string, longest: number): string => text.replaceAll('\0', '').slice(0, longest);

/** What was decided, kept for those who watch. */
export function connections({ db }: DatabaseHandle): Pick<SessionDirectory, 'recordConnection'> {
  return {
    async recordConnection({ id, request, sessionId, outcome, failure, trace }) {
      const kept = { ...trace, steps: trace.steps.slice(0, 200) };
      await db
        .insertInto('broker_connection')
        .values({
          id,
          // A person may be removed while they connect.
          user_id: sql<string>`(select id from people_user where id = ${request.userId})`,
          user_name: clean(request.user, 256),
          domain: clean(request.domain, 256),
          collection_id: sql<string>`(select id from broker_collection where lower(name) = ${request.collection.toLowerCase()})`,
          collection: clean(request.collection, 128),
          session_id: sessionId,
          target: trace.chosen,
          outcome,
          failure: failure === null ? null : clean(failure, 1000),
          client_address: request.client.address,
          client_name: clean(request.client.name, 256),
          total_ms: trace.totalMs,
          trace: JSON.stringify(kept).replaceAll('\\u0000', ''),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}
