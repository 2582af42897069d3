import { type DatabaseHandle, kept, newId } from '@atelier/adapters/postgres';
import type { Collection, ConnectionRequest } from '@atelier/domain/broker';
import { sql } from 'kysely';
import { cleanJson, cleanText } from './clean-text.ts';
import { inTurn } from './in-turn.ts';
import { type SessionRow, sessionOf, type TargetRow, targetOf } from './rows.ts';
import type { Claim, ClaimRefusal, SessionDirectory } from './session-directory.ts';
import { withoutWaiting } from './soft-write.ts';

/** PostgreSQL ended the transaction for another one: the same again, now seeing what that one did. */
const worthRetrying = new Set(['40001', '40P01', '23505']);
const attempts = 5;

interface Decided {
  readonly outcome: 'claimed' | 'no-target' | 'gone' | 'drain' | 'full' | 'state';
  readonly is_new: boolean;
  readonly session: SessionRow;
  readonly target: TargetRow;
}

async function decide(
  database: DatabaseHandle,
  request: ConnectionRequest,
  collection: Collection,
  wanted: { readonly target: string | null; readonly not: readonly string[] },
): Promise<Claim | ClaimRefusal> {
  const asked = cleanJson({
    user: cleanText(request.user),
    domain: cleanText(request.domain),
    initialProgram: request.initialProgram,
    display: request.client.display,
    clientAddress: cleanText(request.client.address),
    clientName: cleanText(request.client.name),
  });
  const not = wanted.not.flatMap((one) => [one, one.toLowerCase()]);
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await sql<Decided>`${kept}
        select outcome, is_new, session, target
          from broker_claim(${collection.id}, ${request.userId}, ${newId()}, ${wanted.target}, ${not}::text[], ${asked}::jsonb)`.execute(
        database.db,
      );
      const { outcome, is_new, session, target } = rows[0]!;
      if (outcome === 'no-target') return { kind: 'no-target' };
      if (outcome !== 'claimed') return { kind: 'not-available', why: outcome };
      return {
        session: sessionOf(session, { target: target.name, collection: collection.name }),
        target: targetOf(target, collection.name),
        result: { targetName: target.name, isNewConnection: is_new },
      };
    } catch (error) {
      if (attempt === attempts || !worthRetrying.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Decisions and the places that they take: function `broker_claim` of the database, one round trip each. */
export function claims(
  database: DatabaseHandle,
): Pick<SessionDirectory, 'claimLeastLoaded' | 'claimTarget' | 'releaseClaim' | 'moveClaim'> {
  const { db } = database;
  const turn = inTurn(2);
  const claim: typeof decide = (...asked) => turn(asked[2].id, () => decide(...asked));
  return {
    claimLeastLoaded: (request, collection, limits) =>
      claim(database, request, collection, { target: null, not: limits?.not ?? [] }),

    claimTarget: (request, collection, result) =>
      claim(database, request, collection, { target: result.targetName, not: [] }),

    async moveClaim(sessionId, request, collection, not) {
      const session = await db
        .selectFrom('broker_session')
        .select('target_id')
        .where('id', '=', sessionId)
        .executeTakeFirst();
      const left = session ? [session.target_id] : [];
      return claim(database, request, collection, { target: null, not: [...not, ...left] });
    },

    async releaseClaim(sessionId, why) {
      await sql`
        update broker_session
           set state = 'logged-off', expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = ${why}
         where id = ${sessionId} and state = 'connecting' and ${withoutWaiting}`.execute(db);
    },
  };
}
