import { bindingsOf, hashPassword } from '@atelier/adapters/identity';
import { newId } from '@atelier/adapters/postgres';
import type { Me, sessionEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { may, permissions } from '@atelier/domain/people';
import { sql } from 'kysely';
import { z } from 'zod';
import { sessionCookie } from '../http/authenticate.ts';
import type { Actor, Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { makeUser } from '../people/make-user.ts';
import type { Services } from '../services.ts';
import { scopesOf } from './api-tokens.ts';
import { requireGoodPassword } from './password-rules.ts';
import { hashSecret, newSecret } from './secret-text.ts';
import { createSession, endSessions, longestDays } from './sessions.ts';
import { requireSetupLink, setupNeeded, useSetupLink } from './setup-link.ts';

type User = Extract<Actor, { kind: 'user' }>;

/** The person behind a request; `signed-in` addresses have one. */
function userOf({ actor }: RequestContext): User {
  if (actor.kind === 'user') return actor;
  throw new AtelierError('people.not-signed-in', 'this address is for people');
}

/** What a token must not do, since it would outgrow its own scopes. */
function refuseToken(actor: User): void {
  if (actor.by === 'token')
    throw new AtelierError('people.not-allowed', 'an API token cannot do this: sign in with the password');
}

const tokenView = (row: {
  id: string;
  name: string;
  scopes: readonly string[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
}) => ({
  id: row.id,
  name: row.name,
  scopes: [...scopesOf(row.scopes)],
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

/** Sessions, the set-up of the first administrator, the own password and API tokens. */
export function sessionHandlers({ database, db, people, audit }: Services): Handlers<typeof sessionEndpoints> {
  const meOf = async (userId: string, by: Me['by'], limitedTo: User['authority']['limitedTo']): Promise<Me> => {
    const user = await db
      .selectFrom('people_user')
      .select(['id', 'name', 'display_name'])
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    const bindings = await bindingsOf(db, userId, people.everyoneId);
    const authority = { bindings, limitedTo };
    return {
      user: { id: user.id, name: user.name, displayName: user.display_name },
      bindings: [...bindings],
      permissions: permissions.filter((permission) => may(authority, permission)),
      by,
    };
  };
  const begin = async (userId: string, context: RequestContext) => {
    const session = await createSession(db, userId, context);
    context.setCookie(sessionCookie, session.secret, { maxAgeSeconds: longestDays * 86_400 });
    return session.secret;
  };

  return {
    async setupState() {
      return { needed: await setupNeeded(db) };
    },
    async setup({ body }, context) {
      await requireSetupLink(db, body.token);
      requireGoodPassword(body.password, body.name);
      const passwordHash = await hashPassword(body.password);
      const id = await database.withTransaction(async (trx) => {
        await useSetupLink(trx, body.token);
        const user = await makeUser(trx, { name: body.name, displayName: body.displayName, email: null, passwordHash });
        await people.passwordSet(trx, user, body.password);
        await trx.insertInto('people_role_binding').values({ id: newId(), user_id: user.id, role: 'owner' }).execute();
        await audit.append(
          trx,
          { ...context, actor: { kind: 'system' } },
          {
            verb: 'people.setup',
            object: { kind: 'user', id: user.id, name: user.name },
            before: null,
            after: { name: user.name, displayName: body.displayName, role: 'owner' },
          },
        );
        return user.id;
      });
      await begin(id, context);
      return meOf(id, 'session', null);
    },
    async signIn({ body }, context) {
      const user = await people.checkPassword(body.name, body.password, context);
      const secret = await begin(user.id, context);
      return { ...(await meOf(user.id, 'session', null)), secret };
    },
    async me(_, context) {
      const actor = userOf(context);
      return meOf(actor.id, actor.by, actor.authority.limitedTo);
    },
    async signOut(_, context) {
      const actor = userOf(context);
      refuseToken(actor);
      await db.deleteFrom('people_session').where('id', '=', actor.credentialId).execute();
      context.clearCookie(sessionCookie);
    },
    async changePassword({ body }, context) {
      const actor = userOf(context);
      refuseToken(actor);
      requireGoodPassword(body.next, actor.name);
      await people.checkPassword(actor.name, body.current, context);
      const hash = await hashPassword(body.next);
      await database.withTransaction(async (trx) => {
        await trx.updateTable('people_user').set({ password_hash: hash }).where('id', '=', actor.id).execute();
        await people.passwordSet(trx, { id: actor.id, password_hash: hash }, body.next);
        await endSessions(trx, actor.id, actor.credentialId);
        await audit.append(trx, context, {
          verb: 'user.set-password',
          object: { kind: 'user', id: actor.id, name: actor.name },
        });
      });
    },
    async listTokens({ query }, context) {
      const after = readCursor(query.cursor, z.string().max(40));
      const rows = await db
        .selectFrom('people_token')
        .selectAll()
        .where('user_id', '=', userOf(context).id)
        .$if(after !== undefined, (select) => select.where('id', '<', after!))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.id, tokenView);
    },
    async createToken({ body }, context) {
      const actor = userOf(context);
      refuseToken(actor);
      const secret = newSecret('atl_');
      const row = await database.withTransaction(async (trx) => {
        const made = await trx
          .insertInto('people_token')
          .values({
            id: newId(),
            user_id: actor.id,
            name: body.name.trim(),
            token_hash: hashSecret(secret),
            scopes: body.scopes,
            expires_at:
              body.expiresInDays === null ? null : sql<Date>`now() + make_interval(days => ${body.expiresInDays}::int)`,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!made) throw new AtelierError('people.name-taken', `you have a token named ${body.name} already`);
        await audit.append(trx, context, {
          verb: 'token.create',
          object: { kind: 'api-token', id: made.id, name: made.name },
          before: null,
          after: { name: made.name, scopes: made.scopes, expiresAt: made.expires_at?.toISOString() ?? null },
        });
        return made;
      });
      return { ...tokenView(row), secret };
    },
    async revokeToken({ params }, context) {
      const actor = userOf(context);
      // A token may end its own life, and nothing else.
      if (actor.credentialId !== params.id) refuseToken(actor);
      await database.withTransaction(async (trx) => {
        const gone = await trx
          .deleteFrom('people_token')
          .where('id', '=', params.id)
          .where('user_id', '=', actor.id)
          .returning(['id', 'name', 'scopes'])
          .executeTakeFirst();
        if (!gone) throw new AtelierError('people.token-not-found', 'you have no API token with this id');
        await audit.append(trx, context, {
          verb: 'token.revoke',
          object: { kind: 'api-token', id: gone.id, name: gone.name },
          before: { name: gone.name, scopes: gone.scopes },
          after: null,
        });
      });
    },
  };
}
