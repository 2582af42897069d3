import { type DatabaseHandle, gathered, kept } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { cleanJson, cleanText } from './clean-text.ts';
import type { SessionDirectory } from './session-directory.ts';
import { withoutWaiting } from './soft-write.ts';

/** Written by one statement. */
const mostTogether = 100;
/** So long connections wait for others to be written with: what a broker that is killed loses. */
const togetherMs = 100;
/** As many as can wait while the database does not answer. */
const longestQueue = 10_000;

type Told = Parameters<SessionDirectory['recordConnection']>[0];

const rowOf = ({ id, request, sessionId, outcome, failure, trace }: Told): string =>
  cleanJson({
    id,
    user_id: request.userId,
    user_name: cleanText(request.user),
    domain: cleanText(request.domain),
    collection: cleanText(request.collection, 128),
    session_id: sessionId,
    target: trace.chosen === null ? null : cleanText(trace.chosen),
    outcome,
    failure: failure === null ? null : cleanText(failure, 1000),
    client_address: cleanText(request.client.address),
    client_name: cleanText(request.client.name),
    total_ms: trace.totalMs,
    trace: { ...trace, steps: trace.steps.slice(0, 200) },
  });

/** What was decided, kept for those who watch. */
export function connections({ db }: DatabaseHandle): Pick<SessionDirectory, 'recordConnection' | 'recorded'> {
  const write = async (rows: readonly string[]): Promise<readonly undefined[]> => {
    await sql`${kept}
      insert into broker_connection (
        id, user_id, user_name, domain, collection_id, collection, session_id, target, outcome, failure, client_address, client_name, total_ms, trace)
      select told.id, person.id, told.user_name, told.domain, farm.id, told.collection, told.session_id, told.target, told.outcome, told.failure,
             told.client_address, told.client_name, told.total_ms, told.trace
        from jsonb_to_recordset(${`[${rows.join(',')}]`}::jsonb) as told (
               id text, user_id text, user_name text, domain text, collection text, session_id text, target text, outcome text, failure text,
               client_address text, client_name text, total_ms double precision, trace jsonb)
        -- A person may be removed while they connect.
        left join people_user person on person.id = told.user_id
        left join broker_collection farm on lower(farm.name) = lower(told.collection)
       where ${withoutWaiting}
       order by told.id
      on conflict do nothing`.execute(db);
    return rows.map(() => undefined);
  };
  const later = gathered(write, { most: mostTogether, alwaysMs: togetherMs, longestQueue });
  const waiting = new Set<Promise<void>>();
  return {
    recordConnection: (told) => {
      const written: Promise<void> = later(rowOf(told)).finally(() => waiting.delete(written));
      waiting.add(written);
      return written;
    },
    recorded: async () => {
      await Promise.allSettled(waiting);
    },
  };
}
