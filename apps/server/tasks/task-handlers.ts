import { cancelTask, type Database } from '@atelier/adapters/postgres';
import type { taskEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { permits, requirePermission } from '../http/access.ts';
import type { Actor, Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Services } from '../services.ts';
import { type TaskRow, taskView } from './task-view.ts';

const isOwn = (actor: Actor, row: TaskRow): boolean => actor.kind === 'user' && row.owner_id === actor.id;

/** Long work: everybody sees their own; all of it is for those with `task:read`. */
export function taskHandlers({ db, database, audit }: Services): Handlers<typeof taskEndpoints> {
  const visible = async (id: string, actor: Actor): Promise<TaskRow> => {
    const row = await db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || !(isOwn(actor, row) || permits(actor, 'task:read')))
      throw new AtelierError('task.not-found', `there is no task ${id}`);
    return row;
  };
  return {
    async list({ query }, { actor }) {
      const before = readCursor(query.cursor, z.string().max(40));
      const rows = await db
        .selectFrom('task')
        .selectAll()
        .$if(!permits(actor, 'task:read'), (select) =>
          select.where('owner_id', '=', actor.kind === 'user' ? actor.id : ''),
        )
        .$if(query.state !== undefined, (select) => select.where('state', '=', query.state!))
        .$if(before !== undefined, (select) => select.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.id, taskView);
    },

    async get({ params }, { actor }) {
      return taskView(await visible(params.id, actor));
    },

    async log({ params, query }, { actor }) {
      await visible(params.id, actor);
      const after = readCursor(query.cursor, z.number().int());
      const rows = await db
        .selectFrom('task_log')
        .select(['seq', 'at', 'line'])
        .where('task_id', '=', params.id)
        .$if(after !== undefined, (select) => select.where('seq', '>', after!))
        .orderBy('seq')
        .limit(query.limit + 1)
        .execute();
      return pageOf(
        rows,
        query.limit,
        (row) => row.seq,
        (row) => ({ seq: row.seq, at: row.at.toISOString(), line: row.line }),
      );
    },

    async cancel({ params }, context) {
      const row = await visible(params.id, context.actor);
      if (!isOwn(context.actor, row)) requirePermission(context.actor, 'task:cancel');
      await database.withTransaction(async (trx) => {
        const outcome = await cancelTask(trx as Kysely<Database>, row.id);
        if (outcome === 'finished' || outcome === 'not-found') return;
        await audit.append(trx, context, {
          verb: 'task.cancel',
          object: { kind: 'task', id: row.id, name: row.title },
        });
      });
      return taskView(await visible(row.id, context.actor));
    },
  };
}
