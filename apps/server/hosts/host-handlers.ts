import { newId } from '@atelier/adapters/postgres';
import type { hostEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { enrollHost, renewHost } from './enroll-host.ts';
import { createHostInvitation } from './host-invitation.ts';
import { keepPassword, passwordKey, withoutPassword } from './host-secrets.ts';
import { type HostRow, hostQuery, hostView, readHostRow } from './host-view.ts';

const like = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
const objectOf = (row: Pick<HostRow, 'id' | 'name'>) => ({ kind: 'host', id: row.id, name: row.name });
/** What the audit log keeps of a host: nothing of it is secret. */
const audited = (row: HostRow) => ({
  name: row.name,
  address: row.address,
  labels: row.labels,
  signIn: row.sign_in,
  trust: row.trust,
  collectEvents: row.collect_events,
});

/** PostgreSQL's word for a value that must be unique and is not. */
function nameTaken(error: unknown, name: string): never {
  if (error instanceof Error && 'constraint' in error && error.constraint === 'host_name_unique')
    throw new AtelierError('host.name-taken', `there is a host ${name} already`, { cause: error });
  throw error;
}

/** The register of hosts: everything that needs no word with the host itself. */
export function registerHandlers(
  services: Services,
  contact: (hostId: string) => void,
  awaitHost: (hostId: string) => void,
): Pick<Handlers<typeof hostEndpoints>, 'list' | 'get' | 'add' | 'change' | 'remove' | 'invite' | 'enroll' | 'renew'> {
  const { db, audit } = services;
  const change = services.database.withTransaction;

  return {
    list: async ({ query }) => {
      const after = readCursor(query.cursor, z.object({ name: z.string(), id: z.string() }));
      let rows = hostQuery(db)
        .orderBy(({ fn }) => fn('lower', ['host.name']))
        .orderBy('host.id');
      if (after) rows = rows.where(sql<boolean>`(lower(host.name), host.id) > (${after.name}, ${after.id})`);
      if (query.search)
        rows = rows.where((eb) =>
          eb.or([eb('host.name', 'ilike', like(query.search!)), eb('host.address', 'ilike', like(query.search!))]),
        );
      if (query.label) rows = rows.where(sql<boolean>`host.labels @> array[${query.label}]::text[]`);
      if (query.state) rows = rows.where('host.state', '=', query.state);
      const found = await rows.limit(query.limit + 1).execute();
      return pageOf(found, query.limit, ({ name, id }) => ({ name: name.toLowerCase(), id }), hostView);
    },

    get: async ({ params }) => hostView(await readHostRow(db, params.id)),

    add: async ({ body }, context) => {
      const id = newId();
      // Before the row: a host without its password would be refused, a password without its host is only forgotten.
      await keepPassword(services, id, body.signIn);
      const row = await change(async (trx) => {
        await trx
          .insertInto('host')
          .values({
            id,
            name: body.name,
            address: body.address,
            labels: body.labels,
            sign_in: JSON.stringify(withoutPassword(body.signIn)),
            trust: JSON.stringify(body.trust),
            collect_events: body.collectEvents,
          })
          .execute()
          .catch((error) => nameTaken(error, body.name));
        const added = await readHostRow(trx, id);
        await audit.append(trx, context, {
          verb: 'host.add',
          object: objectOf(added),
          before: null,
          after: audited(added),
        });
        return added;
      });
      contact(id);
      return hostView(row);
    },

    change: async ({ params, body }, context) => {
      const row = await change(async (trx) => {
        const before = await hostQuery(trx).where('id', '=', params.id).forUpdate().executeTakeFirst();
        if (!before) throw new AtelierError('host.not-found', `there is no host ${params.id}`);
        requireRevision(context.ifMatch, before.rev);
        const values = {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.address === undefined ? {} : { address: body.address }),
          ...(body.labels === undefined ? {} : { labels: body.labels }),
          ...(body.signIn === undefined ? {} : { sign_in: JSON.stringify(withoutPassword(body.signIn)) }),
          ...(body.trust === undefined ? {} : { trust: JSON.stringify(body.trust) }),
          ...(body.collectEvents === undefined ? {} : { collect_events: body.collectEvents }),
        };
        if (Object.keys(values).length > 0)
          await trx
            .updateTable('host')
            .set(values)
            .where('id', '=', before.id)
            .execute()
            .catch((error) => nameTaken(error, body.name ?? before.name));
        const after = await readHostRow(trx, before.id);
        const passwordChanged = body.signIn && 'password' in body.signIn ? { password: 'changed' } : {};
        await audit.append(trx, context, {
          verb: 'host.change',
          object: objectOf(after),
          before: audited(before),
          after: { ...audited(after), ...passwordChanged },
        });
        return after;
      });
      if (body.signIn) await keepPassword(services, row.id, body.signIn);
      contact(row.id);
      return hostView(row);
    },

    remove: async ({ params }, context) => {
      await change(async (trx) => {
        const row = await hostQuery(trx).where('id', '=', params.id).forUpdate().executeTakeFirst();
        if (!row) throw new AtelierError('host.not-found', `there is no host ${params.id}`);
        requireRevision(context.ifMatch, row.rev);
        await trx.deleteFrom('host').where('id', '=', row.id).execute();
        await trx.deleteFrom('secret').where('key', '=', passwordKey(row.id)).execute();
        await audit.append(trx, context, {
          verb: 'host.remove',
          object: objectOf(row),
          before: audited(row),
          after: null,
        });
      });
    },

    invite: async ({ body }, context) => {
      const { token, expiresAt } = await createHostInvitation(services, context, body);
      const command = `atelier agent install --server ${services.publicUrl()} --token ${token}`;
      return { token, expiresAt: expiresAt.toISOString(), command };
    },

    enroll: async ({ body }, context) => {
      const enrolled = await enrollHost(services, body, context);
      awaitHost(enrolled.hostId);
      return enrolled;
    },

    renew: ({ body }, context) => renewHost(services, body, context),
  };
}
