import { type DatabaseHandle, kept, newId } from '@atelier/adapters/postgres';
import type { Collection, ConnectionRequest } from '@atelier/domain/broker';
import { sql } from 'kysely';
import { askedOf } from './asked-of.ts';
import { claimTogether } from './claim-together.ts';
import type { ReadyTokens } from './ready-tokens.ts';
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
  const asked = JSON.stringify(askedOf(request));
  const not = wanted.not.flatMap((one) => [one, one.toLowerCase()]);
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
}

async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !worthRetrying.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Decisions and the places that they take: functions `broker_claim` and `broker_claim_together` of the database, in one round trip. */
export function claims(
  database: DatabaseHandle,
  ready: ReadyTokens,
): Pick<SessionDirectory, 'claimLeastLoaded' | 'claimTarget' | 'releaseClaim' | 'moveClaim'> {
  const { db } = database;
  const together = claimTogether(database, ready, retried);
  const claim: typeof decide = (...asked) => together(asked[1], asked[2], () => decide(...asked));
  return {
    claimLeastLoaded: (request, collection, { not = [] } = {}) =>
      not.length === 0 ? together(request, collection) : claim(database, request, collection, { target: null, not }),

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
      ready.drop(sessionId);
      await sql`
        with shared as (
          update broker_session set holders = holders - 1
           where id = ${sessionId} and state = 'connecting' and holders > 1 and ${withoutWaiting}
          returning id
        )
        update broker_session
           set state = 'logged-off', expires_at = null, ended_at = clock_timestamp(), changed_at = clock_timestamp(), end_reason = ${why}
         where id = ${sessionId} and state = 'connecting' and holders <= 1 and not exists (select from shared) and ${withoutWaiting}`.execute(
        db,
      );
    },
  };
}
