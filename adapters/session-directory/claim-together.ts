import { type DatabaseHandle, gathered, kept, newId } from '@atelier/adapters/postgres';
import type { Collection, ConnectionRequest } from '@atelier/domain/broker';
import { networkOf } from '@atelier/domain/people';
import { sql } from 'kysely';
import { askedOf } from './asked-of.ts';
import { inTurn } from './in-turn.ts';
import { makeToken, type ReadyTokens } from './ready-tokens.ts';
import { type SessionRow, sessionOf, type TargetRow, targetOf } from './rows.ts';
import type { Claim, ClaimRefusal } from './session-directory.ts';

/** Decisions of one statement: what comes meanwhile does not wait for long. */
const mostTogether = 32;
/** Longest wait for others in a crowd. */
const crowdMs = 10;
/** Statements at a time, of all collections: the database's connections are for others, too. */
const statements = 4;

interface Asked {
  readonly request: ConnectionRequest;
  readonly collection: Collection;
  /** For what the others' statement does not do: does this one by itself. */
  readonly apart?: (() => Promise<Claim | ClaimRefusal>) | undefined;
}

type Settled = PromiseSettledResult<Claim | ClaimRefusal>;

interface Decided {
  readonly n: number;
  readonly outcome: 'claimed' | 'no-target' | Extract<ClaimRefusal, { kind: 'not-available' }>['why'];
  readonly session: SessionRow | null;
  readonly target_id: string | null;
  /** Of several that go to one target, the first has it. */
  readonly target: TargetRow | null;
  readonly with_token: boolean;
}

/** Decides for different people of one collection: function `broker_claim_together` of the database. */
async function decide(
  { db }: DatabaseHandle,
  ready: ReadyTokens,
  asked: readonly Asked[],
): Promise<readonly (Claim | ClaimRefusal)[]> {
  const { collection } = asked[0]!;
  const tokens = asked.map(() => makeToken());
  const given = asked.map(({ request }, n) => ({
    n,
    user_id: request.userId,
    session_id: newId(),
    client: askedOf(request),
    token: tokens[n]!.hash.toString('hex'),
    address: networkOf(request.client.address),
  }));
  const { rows } = await sql<Decided>`${kept}
    select n, outcome, session, target_id, target, with_token
      from broker_claim_together(${collection.id}, ${JSON.stringify(given)}::jsonb)`.execute(db);
  const targets = new Map(rows.flatMap(({ target }) => (target ? [[target.id, target]] : [])));
  const results: (Claim | ClaimRefusal)[] = asked.map(() => ({ kind: 'no-target' }));
  for (const { n, outcome, session, target_id, with_token } of rows) {
    const target = targets.get(target_id ?? '');
    if (outcome !== 'claimed' || !session || !target) {
      if (outcome !== 'claimed' && outcome !== 'no-target') results[n] = { kind: 'not-available', why: outcome };
      continue;
    }
    if (with_token) ready.put(session.id, tokens[n]!.text, asked[n]!.request.client.address);
    results[n] = {
      session: sessionOf(session, { target: target.name, collection: collection.name }),
      target: targetOf(target, collection.name),
      result: { targetName: target.name, isNewConnection: session.state === 'connecting' },
    };
  }
  return results;
}

/**
 * Claims for whoever asks, together with others of the same collection who ask meanwhile. What one person asks for is done in the order of asking, also
 * `apart`: so nobody gets a place that an earlier call of theirs is about to give up. Each claim of the common statement has its token ready.
 */
export function claimTogether(
  database: DatabaseHandle,
  ready: ReadyTokens,
  retried: <Result>(work: () => Promise<Result>) => Promise<Result>,
): (
  request: ConnectionRequest,
  collection: Collection,
  apart?: () => Promise<Claim | ClaimRefusal>,
) => Promise<Claim | ClaimRefusal> {
  const turn = inTurn(statements);
  const byCollection = new Map<string, (asked: Asked) => Promise<Settled>>();
  /** So that nobody fails for another one: somebody who is no user any more. */
  const common = async (asked: readonly Asked[]): Promise<readonly Settled[]> => {
    const all = (some: readonly Asked[]) => turn('', () => retried(() => decide(database, ready, some)));
    try {
      const claims = asked.length === 0 ? [] : await all(asked);
      return claims.map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (asked.length === 1) return [{ status: 'rejected', reason }];
      return await Promise.allSettled(asked.map(async (one) => (await all([one]))[0]!));
    }
  };
  const work = async (asked: readonly Asked[]): Promise<readonly Settled[]> => {
    const single = asked.filter(({ apart }) => apart);
    const others = asked.filter(({ apart }) => !apart);
    const [alone, together] = await Promise.all([
      Promise.allSettled(single.map(({ apart }) => turn('', () => retried(apart!)))),
      common(others),
    ]);
    return asked.map((one) => (one.apart ? alone[single.indexOf(one)]! : together[others.indexOf(one)]!));
  };
  const of = (id: string) => {
    const known = byCollection.get(id);
    if (known) return known;
    const made = gathered(work, { keyOf: ({ request }) => request.userId, most: mostTogether, crowdMs });
    byCollection.set(id, made);
    return made;
  };
  return async (request, collection, apart) => {
    const settled = await of(collection.id)({ request, collection, apart });
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  };
}
