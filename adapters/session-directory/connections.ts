import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { cleanJson, cleanText } from './clean-text.ts';
import type { SessionDirectory } from './session-directory.ts';

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
          user_name: cleanText(request.user, 256),
          domain: cleanText(request.domain, 256),
          collection_id: sql<string>`(select id from broker_collection where lower(name) = ${request.collection.toLowerCase()})`,
          collection: cleanText(request.collection, 128),
          session_id: sessionId,
          target: trace.chosen === null ? null : cleanText(trace.chosen),
          outcome,
          failure: failure === null ? null : cleanText(failure, 1000),
          client_address: cleanText(request.client.address),
          client_name: cleanText(request.client.name, 256),
          total_ms: trace.totalMs,
          trace: cleanJson(kept),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}
