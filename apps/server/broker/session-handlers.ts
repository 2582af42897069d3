import { openSessionDirectory } from '@atelier/adapters/session-directory';
import type { desktopSessionEndpoints } from '@atelier/api';
import { liveSessionStates } from '@atelier/domain/broker';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { HostSessions } from '../hosts/host-sessions.ts';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Services } from '../services.ts';
import { findCollection } from './collection-view.ts';
import { commandOnHost } from './command-session.ts';
import { findSession, type SessionRow, selectSessions, sessionView } from './session-view.ts';
import { findTarget } from './target-view.ts';

const isLive = (row: SessionRow): boolean => (liveSessionStates as readonly string[]).includes(row.state);

/** Who is where, and what can be done to them. */
export function sessionHandlers(services: Services, hosts: HostSessions): Handlers<typeof desktopSessionEndpoints> {
  const { db, database, audit } = services;
  const directory = openSessionDirectory(database);

  const note = (
    context: RequestContext,
    verb: string,
    row: SessionRow,
    after: Readonly<Record<string, unknown>> = {},
  ) =>
    database.withTransaction((trx) =>
      audit.append(trx, context, {
        verb,
        object: { kind: 'session', id: row.id, name: `${row.user_name} on ${row.target_name}` },
        before: null,
        after: { user: row.user_name, target: row.target_name, collection: row.collection_name, ...after },
      }),
    );
  const live = async (id: string): Promise<SessionRow> => {
    const row = await findSession(db, id);
    if (!isLive(row)) throw new AtelierError('broker.session-ended', `the session of ${row.user_name} has ended`);
    return row;
  };
  const ask = async (row: SessionRow, asked: 'disconnect' | 'log-off'): Promise<void> => {
    await db.updateTable('broker_session').set({ asked }).where('id', '=', row.id).execute();
  };

  return {
    async list({ query }) {
      const after = readCursor(query.cursor, z.string().max(40));
      const collection = query.collection === undefined ? null : await findCollection(db, query.collection);
      const target = query.target === undefined ? null : await findTarget(db, query.target);
      let rows = selectSessions(db).orderBy('session.id', 'desc');
      if (after !== undefined) rows = rows.where('session.id', '<', after);
      if (collection) rows = rows.where('session.collection_id', '=', collection.id);
      if (target) rows = rows.where('session.target_id', '=', target.id);
      if (query.state !== undefined) rows = rows.where('session.state', '=', query.state);
      else if (query.which === 'live') rows = rows.where('session.state', 'in', liveSessionStates);
      else if (query.which === 'ended') rows = rows.where('session.ended_at', 'is not', null);
      if (query.user !== undefined)
        rows = rows.where((eb) =>
          eb.or([
            eb('session.user_id', '=', query.user!),
            eb(sql`lower(session.user_name)`, '=', query.user!.toLowerCase()),
          ]),
        );
      const found = await rows.limit(query.limit + 1).execute();
      return pageOf(found, query.limit, (row) => row.id, sessionView);
    },

    async get({ params }) {
      return sessionView(await findSession(db, params.id));
    },

    async disconnect({ params }, context) {
      const row = await live(params.id);
      // Who came through a broker is cut off there; who dialled the target itself, by the host.
      if (row.redirect_mode === 'token') await ask(row, 'disconnect');
      else await commandOnHost(hosts, row, { kind: 'disconnect' }, context.signal);
      await note(context, 'session.disconnect', row);
      return sessionView(await findSession(db, row.id));
    },

    async logOff({ params }, context) {
      const row = await live(params.id);
      if (row.state === 'connecting') await directory.releaseClaim(row.id, 'cancelled');
      else {
        await commandOnHost(hosts, row, { kind: 'log-off' }, context.signal);
        await directory.report({ targetId: row.target_id, sessionId: row.id, user: row.user_name, what: 'log-off' });
      }
      await note(context, 'session.log-off', row);
      return sessionView(await findSession(db, row.id));
    },

    async message({ params, body }, context) {
      const row = await live(params.id);
      await commandOnHost(hosts, row, { kind: 'message', title: body.title, text: body.text }, context.signal);
      await note(context, 'session.message', row, { title: body.title, text: body.text });
    },
  };
}
