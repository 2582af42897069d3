import { type DatabaseHandle, gathered, kept } from '@atelier/adapters/postgres';
import type { Collection, SessionState, Target } from '@atelier/domain/broker';
import { AtelierError } from '@atelier/domain/errors';
import { networkOf } from '@atelier/domain/people';
import { CompiledQuery, sql } from 'kysely';
import { makeToken, type ReadyTokens, tokenHash } from './ready-tokens.ts';
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

interface Used {
  readonly n: number;
  readonly hops: number;
  readonly uses: number;
  readonly lost: RoutingTokenGrant['lost'];
  readonly interrupted: boolean;
  readonly session_id: string;
  readonly user_id: string | null;
  readonly user_name: string;
  readonly domain: string;
  readonly session_state: SessionState;
  readonly target_id: string;
  readonly target: string;
  readonly endpoints: Target['endpoints'];
  readonly collection: string;
  readonly target_sign_in: Collection['targetSignIn'];
}

/** `changed`: nothing is wrong with the token, its row was used or bound to another session by somebody else at that moment. */
interface Refused {
  readonly n: number;
  readonly refusal: TokenRefusal | 'changed';
}

/** What was brought, as a table. Through subqueries: else a plan for just so many looks cheaper than the kept one, and takes longer to make than to run. */
const asked = sql`unnest((select ${[]}::bytea[]), (select ${[]}::text[])) with ordinality as asked (hash, client, n)`;

const isSentAway = sql`token.disconnected_at > clock_timestamp() - ${grace}`;
const isOver = sql`(token.expires_at <= clock_timestamp() or token.disconnected_at is not null)`;
const hasEnded = sql`(
  session.target_id <> token.target_id
  or session.ended_at is not null and (session.end_reason is null or session.end_reason not in ${losses} or session.ended_at < clock_timestamp() - ${grace})
  or exists (select from people_user person where person.id = token.user_id and person.disabled)
)`;
const isElsewhere = sql`(token.client_address <> asked.client and (token.uses > 0 or token.created_at < clock_timestamp() - ${roaming}))`;
const wasHereLately = sql`coalesce(token.last_used_at, token.created_at) > clock_timestamp() - ${hopWindow}`;
const isInLoop = sql`(token.hops >= ${sql.lit(mostHops)} and ${wasHereLately})`;

/** Books the use of tokens that are good. */
const use = sql`${kept}
  with used as (
    update broker_token token
       set hops = case when ${wasHereLately} then token.hops + 1 else 1 end,
           uses = token.uses + 1,
           client_address = asked.client,
           last_used_at = clock_timestamp(),
           expires_at = case when token.expires_at < clock_timestamp() + ${worthProlonging} then clock_timestamp() + ${afterUse} else token.expires_at end
      from ${asked}, broker_session session, broker_target target, broker_collection collection
     where token.token_hash = asked.hash and session.id = token.session_id and target.id = token.target_id and collection.id = session.collection_id
       and not ${isOver} and not ${hasEnded} and not ${isElsewhere} and not ${isInLoop} and ${withoutWaiting}
    returning asked.n::integer, token.hops, token.uses, token.created_at, token.user_id,
              case when session.ended_at is not null then session.end_reason end as lost,
              session.state in ('connecting', 'active') or coalesce(session.ended_at, session.disconnected_at) > clock_timestamp() - ${grace} as interrupted,
              session.id as session_id, session.user_name, session.domain, session.state as session_state, session.collection_id,
              target.id as target_id, target.name as target, target.endpoints, collection.name as collection, collection.target_sign_in
  ), replaced as (
    -- What was the proof of a returning client is none any more once its new token has led it somewhere.
    update broker_token older set expires_at = clock_timestamp()
      from used join broker_session whose using (collection_id)
     where used.uses = 1 and used.target_sign_in = 'single-use-password' and whose.user_id = used.user_id and whose.id = older.session_id
       and older.user_id = used.user_id and older.created_at < used.created_at and older.expires_at > clock_timestamp()
  )
  select n, hops, uses, user_id, lost, interrupted, session_id, user_name, domain, session_state, target_id, target, endpoints, collection, target_sign_in
    from used`;

/** What is wrong with tokens that are not. */
const why = sql`${kept}
  select asked.n::integer,
         case when ${isSentAway} then 'disconnected'
              when ${isOver} then 'expired'
              when ${hasEnded} then 'session-ended'
              when ${isElsewhere} then 'other-address'
              when ${isInLoop} then 'too-many-hops'
              else 'changed'
         end as refusal
    from ${asked}
    join broker_token token on token.token_hash = asked.hash
    join broker_session session on session.id = token.session_id`;

/** Uses tokens, all different, by one statement; those that are good for nothing are looked at once more, for why, and tried again when nothing is. */
function redeemer({ db }: DatabaseHandle) {
  // Made once: to put such a text together takes longer than to send it.
  const [useText, whyText] = [use.compile(db).sql, why.compile(db).sql];
  const redeem = async (
    brought: readonly Brought[],
    isLast: boolean,
  ): Promise<readonly (RoutingTokenGrant | TokenRefusal)[]> => {
    const results: (RoutingTokenGrant | TokenRefusal)[] = brought.map(() => 'unknown');
    const values = [brought.map(({ hash }) => hash), brought.map(({ from }) => from)];
    const { rows } = await db.executeQuery<Used>(CompiledQuery.raw(useText, values));
    for (const row of rows) results[row.n - 1] = grantOf(row);
    if (rows.length === brought.length) return results;
    const { rows: refused } = await db.executeQuery<Refused>(CompiledQuery.raw(whyText, values));
    const changed: number[] = [];
    for (const { n, refusal } of refused) {
      if (results[n - 1] !== 'unknown') continue;
      if (refusal === 'changed') changed.push(n - 1);
      results[n - 1] = refusal === 'changed' ? 'other-address' : refusal;
    }
    if (isLast || changed.length === 0) return results;
    const again = await redeem(
      changed.map((at) => brought[at]!),
      true,
    );
    for (const [n, at] of changed.entries()) results[at] = again[n]!;
    return results;
  };
  return (brought: readonly Brought[]) => redeem(brought, false);
}

const grantOf = (row: Used): RoutingTokenGrant => ({
  session: {
    id: row.session_id,
    userId: row.user_id ?? '',
    user: row.user_name,
    domain: row.domain,
    state: row.session_state,
  },
  target: { id: row.target_id, name: row.target, endpoints: row.endpoints },
  collection: { name: row.collection, targetSignIn: row.target_sign_in },
  hops: row.hops,
  uses: row.uses,
  lost: row.lost,
  interrupted: row.interrupted,
});

/** Routing tokens: 192 random bits, of which the database knows the SHA-256. `ready`: those that were issued with their claims. */
export function tokens(
  database: DatabaseHandle,
  ready: ReadyTokens,
): Pick<SessionDirectory, 'issueToken' | 'redeemToken' | 'admitReturn'> {
  const { db } = database;
  const look = gathered(redeemer(database), {
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
