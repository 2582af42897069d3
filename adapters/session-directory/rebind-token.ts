import { type DatabaseHandle, kept } from '@atelier/adapters/postgres';
import { networkOf } from '@atelier/domain/people';
import { sql } from 'kysely';
import { tokenHash } from './ready-tokens.ts';
import { sessionOf } from './rows.ts';
import type { SessionDirectory } from './session-directory.ts';
import { withoutWaiting } from './soft-write.ts';

/** Tokens of sessions that were lost: their clients come with them again and again, so they lead to what took the session's place. */
export function rebinding({ db }: DatabaseHandle): Pick<SessionDirectory, 'session' | 'rebindToken'> {
  return {
    async session(id) {
      const row = await db
        .selectFrom('broker_session as session')
        .innerJoin('broker_target as target', 'target.id', 'session.target_id')
        .innerJoin('broker_collection as collection', 'collection.id', 'session.collection_id')
        .selectAll('session')
        .select(['target.name as target_name', 'collection.name as collection_name'])
        .where('session.id', '=', id)
        .executeTakeFirst();
      return row ? sessionOf(row, { target: row.target_name, collection: row.collection_name }) : null;
    },

    async rebindToken(token, clientAddress, lostId, { session, target }) {
      // The claim was a statement of its own: what it gave may be lost again, or the token be refused, since. Whoever was here first with the same token
      // has it lead there already.
      const { rows } = await sql`${kept}
        update broker_token token set session_id = seat.id, target_id = seat.target_id
          from broker_session lost
          join broker_session seat on seat.collection_id = lost.collection_id and seat.user_id = lost.user_id
          join broker_collection farm on farm.id = seat.collection_id
          join people_user person on person.id = seat.user_id
         where token.token_hash = ${tokenHash(token)} and token.user_id = seat.user_id and token.client_address = ${networkOf(clientAddress)}
           and token.session_id in (${lostId}, ${session.id}) and token.expires_at > clock_timestamp() and token.disconnected_at is null
           and lost.id = ${lostId} and seat.id = ${session.id} and seat.target_id = ${target.id}
           and (seat.state in ('active', 'disconnected') or seat.state = 'connecting' and seat.expires_at > clock_timestamp())
           and farm.enabled and farm.redirect_mode = 'token' and farm.target_sign_in = 'same-password' and not person.disabled
           and ${withoutWaiting}
        returning token.session_id`.execute(db);
      return rows.length > 0;
    },
  };
}
