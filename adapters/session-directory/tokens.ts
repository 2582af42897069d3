import { type DatabaseHandle, gathered, kept } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { networkOf } from '@atelier/domain/people';
import { sql } from 'kysely';
import { makeToken, type ReadyTokens, tokenHash } from './ready-tokens.ts';
import { type CollectionRow, collectionOf, type SessionRow, sessionOf, type TargetRow, targetOf } from './rows.ts';
import type { RoutingTokenGrant, SessionDirectory, TokenRefusal } from './session-directory.ts';
import { withoutWaiting } from './soft-write.ts';

/** Whoever carries tokens round more often than this within a minute is in a loop. */
const mostHops = 10;
const hopWindow = sql`interval '60 seconds'`;
/** So long a token that was not used yet may come from another address than it was given to; its first use binds it. */
const roaming = sql`interval '60 seconds'`;
/** A token that is used stays good as long as its session lives and comes back within this time. */
const afterUse = sql`interval '24 hours'`;
/** It is not prolonged for less: what changes only columns without index is cheap to write. */
const worthProlonging = sql`interval '23 hours'`;
/** So long a client that was interrupted may come back by its token, and one that an administrator disconnected may not. */
const grace = sql`interval '10 minutes'`;
/** From the token to the password a client needs this long at most. */
const returning = sql`interval '60 seconds'`;
/** Ends of a session that its user has no part in. */
const losses = sql`('target-lost', 'moved', 'gone-from-host')`;
/** Tokens that are looked up by one statement. In a morning's storm that costs a tenth of asking for each. */
const mostTogether = 64;

interface Brought {
  readonly hash: Buffer;
  readonly from: string;
}

interface Found {
  readonly n: string;
  readonly refusal: Exclude<TokenRefusal, 'unknown'> | null;
  readonly hops: number | null;
  readonly uses: number | null;
  readonly lost: RoutingTokenGrant['lost'];
  readonly interrupted: boolean;
  readonly session: SessionRow;
  readonly target: TargetRow;
  readonly collection: CollectionRow;
}

/** Looks up tokens, all different. */
async function redeem(
  { db }: DatabaseHandle,
  brought: readonly Brought[],
): Promise<readonly (RoutingTokenGrant | TokenRefusal)[]> {
  const { rows } = await sql<Found>`${kept}
    with asked as (
      select hash, client, n from unnest(${brought.map(({ hash }) => hash)}::bytea[], ${brought.map(({ from }) => from)}::text[]) with ordinality as one (hash, client, n)
    ), found as (
      select asked.n, asked.client, token.token_hash, session, target, collection, token.created_at, token.user_id,
             case when session.ended_at is not null then session.end_reason end as lost,
             session.state in ('connecting', 'active') or coalesce(session.ended_at, session.disconnected_at) > clock_timestamp() - ${grace} as interrupted,
             case when token.disconnected_at > clock_timestamp() - ${grace} then 'disconnected'
                  when token.expires_at <= clock_timestamp() or token.disconnected_at is not null then 'expired'
                  when person.disabled then 'session-ended'
                  when session.target_id <> token.target_id
                       or session.ended_at is not null and (session.end_reason is null or session.end_reason not in ${losses} or session.ended_at < clock_timestamp() - ${grace})
                  then 'session-ended'
                  when token.client_address <> asked.client and (token.uses > 0 or token.created_at < clock_timestamp() - ${roaming}) then 'other-address'
                  when token.hops >= ${mostHops} and coalesce(token.last_used_at, token.created_at) > clock_timestamp() - ${hopWindow} then 'too-many-hops'
             end as refusal
        from asked
        join broker_token token on token.token_hash = asked.hash
        join broker_session session on session.id = token.session_id
        join broker_target target on target.id = token.target_id
        join broker_collection collection on collection.id = session.collection_id
        left join people_user person on person.id = token.user_id
    ), used as (
      update broker_token token
         set hops = case when coalesce(token.last_used_at, token.created_at) > clock_timestamp() - ${hopWindow} then token.hops + 1 else 1 end,
             uses = token.uses + 1,
             client_address = found.client,
             last_used_at = clock_timestamp(),
             expires_at = case when token.expires_at < clock_timestamp() + ${worthProlonging} then clock_timestamp() + ${afterUse} else token.expires_at end
        from found
       where token.token_hash = found.token_hash and found.refusal is null and ${withoutWaiting}
         and (token.client_address = found.client or token.uses = 0)
      returning found.n, token.hops, token.uses
    ), replaced as (
      -- What was the proof of a returning client is none any more once its new token has led it somewhere.
      update broker_token older set expires_at = clock_timestamp()
        from used join found using (n) join broker_session whose on whose.collection_id = (found.collection).id
       where used.uses = 1 and (found.collection).target_sign_in = 'single-use-password'
         and whose.user_id = found.user_id and whose.id = older.session_id
         and older.user_id = found.user_id and older.created_at < found.created_at and older.expires_at > clock_timestamp()
    )
    select found.n, coalesce(found.refusal, case when used.hops is null then 'other-address' end) as refusal, used.hops, used.uses, found.lost, found.interrupted,
           to_jsonb(found.session) as session, to_jsonb(found.target) as target, to_jsonb(found.collection) as collection
      from found left join used using (n)`.execute(db);
  const results: (RoutingTokenGrant | TokenRefusal)[] = brought.map(() => 'unknown');
  for (const row of rows) results[Number(row.n) - 1] = grantOf(row);
  return results;
}

function grantOf(row: Found): RoutingTokenGrant | TokenRefusal {
  if (row.refusal !== null || row.hops === null || row.uses === null) return row.refusal ?? 'expired';
  const collection = collectionOf(row.collection);
  return {
    session: sessionOf(row.session, { target: row.target.name, collection: collection.name }),
    target: targetOf(row.target, collection.name),
    collection,
    hops: row.hops,
    uses: row.uses,
    lost: row.lost,
    interrupted: row.interrupted,
  };
}

/** Routing tokens: 192 random bits, of which the database knows the SHA-256. `ready`: those that were issued with their claims. */
export function tokens(
  database: DatabaseHandle,
  ready: ReadyTokens,
): Pick<SessionDirectory, 'issueToken' | 'redeemToken' | 'admitReturn'> {
  const { db } = database;
  const look = gathered((brought: readonly Brought[]) => redeem(database, brought), {
    keyOf: ({ hash }) => hash.toString('latin1'),
    most: mostTogether,
  });
  return {
    async issueToken({ session }, clientAddress) {
      const issued = ready.take(session.id, clientAddress);
      if (issued !== null) return issued;
      const { text, hash } = makeToken();
      const { rows } = await sql<{ hops: number }>`${kept}
        insert into broker_token (token_hash, session_id, target_id, user_id, client_address, expires_at, hops)
        select ${hash}, session.id, session.target_id, session.user_id, ${networkOf(clientAddress)},
               greatest(session.expires_at, clock_timestamp() + interval '2 minutes'),
               coalesce((
                 select max(before.hops) from broker_token before
                  where before.user_id = session.user_id and before.last_used_at > statement_timestamp() - ${hopWindow}
                    and (select other.collection_id from broker_session other where other.id = before.session_id) = session.collection_id), 0)
          from broker_session session
         where session.id = ${session.id} and session.target_id = ${session.targetId}
           and session.state in ('connecting', 'active', 'disconnected') and ${withoutWaiting}
        returning hops`.execute(db);
      if (rows.length === 0)
        throw new AtelierError(
          'broker.session-ended',
          `the place of ${session.user} on ${session.target} is taken away`,
        );
      return text;
    },

    async admitReturn(targetIds, user) {
      const { rows } = await sql`
        update broker_token token set returned_at = token.last_used_at
          from broker_session session
          join broker_collection collection on collection.id = session.collection_id
          join people_user person on person.id = session.user_id
         where token.session_id = session.id and session.target_id = any (${[...targetIds]}::text[]) and session.user_name = ${user}
           and token.uses > 1 and token.last_used_at > clock_timestamp() - ${returning} and token.returned_at is distinct from token.last_used_at
           and token.expires_at > clock_timestamp() and token.disconnected_at is null
           and (session.state in ('connecting', 'active') or session.state = 'disconnected' and session.disconnected_at > clock_timestamp() - ${grace})
           and collection.target_sign_in = 'single-use-password' and not person.disabled
        returning token.session_id`.execute(db);
      return rows.length > 0;
    },

    redeemToken: (token, clientAddress) => look({ hash: tokenHash(token), from: networkOf(clientAddress) }),
  };
}
