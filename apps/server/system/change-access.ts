import type { Change } from '@atelier/adapters/postgres';
import type { Permission } from '@atelier/domain/people';
import { sql } from 'kysely';
import { permits } from '../http/access.ts';
import { isScopedKind } from '../http/find-scoped.ts';
import type { Actor } from '../http/handlers.ts';
import type { Queries } from '../services.ts';

type Kind = Change['kind'];

/** Who hears of which kind; kinds that are not listed are the servers' own business. */
const needs: Partial<Record<Kind, Permission>> = {
  setting: 'system:read',
  user: 'people:read',
  group: 'people:read',
  'role-binding': 'people:read',
  audit: 'audit:read',
  image: 'image:read',
  'image-version': 'image:read',
  workspace: 'workspace:read',
  assignment: 'workspace:read',
  endpoint: 'endpoint:read',
  host: 'host:read',
  collection: 'collection:read',
  environment: 'target:read',
  'environment-test': 'target:read',
  target: 'target:read',
  session: 'session:read',
  connection: 'broker:read',
  broker: 'broker:read',
  'broker-plugin': 'broker:read',
  'broker-task': 'broker:read',
  instance: 'endpoint:read',
  transfer: 'endpoint:read',
  event: 'event:read',
  task: 'task:read',
  'task-log': 'task:read',
};

/** Of these a person hears without any role when it is theirs. */
const owned: readonly Kind[] = ['task', 'task-log', 'instance', 'transfer', 'endpoint', 'session'];
/** What an administrator changes may change what a person has; they are told that, and not what it was. */
const touchesMine: readonly Kind[] = ['workspace', 'assignment', 'image-version', 'image', 'collection'];

export const isOwned = (kind: Kind): boolean => owned.includes(kind);
export const ownKey = (change: Pick<Change, 'kind' | 'id'>): string => `${change.kind} ${change.id}`;

/** Which users own the tasks, instances, transfers, endpoints and sessions among the changes, by {@link ownKey}. */
export async function ownersOf(
  queries: Queries,
  changes: readonly Pick<Change, 'kind' | 'id'>[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const ids = (...kinds: Kind[]) => changes.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  const { rows } = await sql<{ key: string; owner: string }>`
    select told.what || ' ' || id as key, owner_id as owner
      from task, unnest(array['task', 'task-log']) as told(what)
     where id = any(${ids('task', 'task-log')}) and owner_id is not null
     union all
    select 'instance ' || id, user_id from workspace_instance where id = any(${ids('instance')})
     union all
    select 'transfer ' || transfer.id, instance.user_id
      from transfer join workspace_instance instance on instance.id = transfer.instance_id
     where transfer.id = any(${ids('transfer')})
     union all
    select 'endpoint ' || endpoint_id, user_id from workspace_instance where endpoint_id = any(${ids('endpoint')})
     union all
    select 'session ' || id, user_id from broker_session where id = any(${ids('session')}) and user_id is not null`.execute(
    queries,
  );
  const owners = new Map<string, Set<string>>();
  for (const { key, owner } of rows) owners.set(key, (owners.get(key) ?? new Set()).add(owner));
  return owners;
}

/** What `actor` is told of the change, or null. */
export function toldOf(
  change: Pick<Change, 'kind' | 'id'>,
  actor: Actor,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
): { readonly kind: string; readonly id: string } | null {
  const { kind, id } = change;
  if (kind === 'everything') return { kind, id: '' };
  const permission = needs[kind];
  if (permission === undefined || actor.kind !== 'user') return null;
  // A transfer is seen as part of its instance.
  const shown = { kind: kind === 'transfer' ? 'instance' : kind, id };
  const object = isScopedKind(kind) ? { kind, id } : undefined;
  if (permits(actor, permission, object)) return shown;
  if (isOwned(kind)) return owners.get(ownKey(change))?.has(actor.id) ? shown : null;
  return touchesMine.includes(kind) && permits(actor, 'my:use') ? { kind: 'assignment', id: '' } : null;
}
