import { type Database, newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Assignment, AssignmentLimits } from '@atelier/domain/workspaces';
import type { Transaction } from 'kysely';
import type { Origin, Queries, Services } from '../services.ts';
import { readAssignmentRow } from './assignment-view.ts';

/** Limits as columns of an assignment's row. */
export const limitColumns = (limits: AssignmentLimits) => ({
  enabled: limits.enabled,
  expires_on: limits.expiresOn,
  offline_limit_minutes: limits.offlineLimitMinutes,
  delete_when: JSON.stringify(limits.deleteWhen),
  clipboard: limits.clipboard,
  file_transfer: limits.fileTransfer,
  printing: limits.printing,
  cd_dvd: limits.cdDvd,
});

/** The principal with this id or name. @throws AtelierError `people.not-found`, `endpoint.not-found` */
async function findPrincipal(queries: Queries, kind: Assignment['principal']['kind'], idOrName: string) {
  const table = ({ user: 'people_user', group: 'people_group', device: 'endpoint' } as const)[kind];
  const found = await queries
    .selectFrom(table)
    .select(['id', 'name'])
    .where(({ eb, or, fn }) => or([eb('id', '=', idOrName), eb(fn('lower', ['name']), '=', idOrName.toLowerCase())]))
    .orderBy(({ eb }) => eb('id', '=', idOrName), 'desc')
    .limit(1)
    .executeTakeFirst();
  if (found) return found;
  const code = kind === 'device' ? 'endpoint.not-found' : 'people.not-found';
  throw new AtelierError(code, `there is no ${kind} ${idOrName}`);
}

/** Gives the workspace to a principal. Gives the assignment's row. @throws AtelierError `assignment.exists`, `people.not-found`, `endpoint.not-found` */
export async function makeAssignment(
  services: Pick<Services, 'audit'>,
  trx: Transaction<Database>,
  origin: Origin,
  workspace: { readonly id: string; readonly name: string },
  asked: AssignmentLimits & {
    readonly principal: { readonly kind: Assignment['principal']['kind']; readonly id: string };
  },
) {
  const { principal, ...limits } = asked;
  const who = await findPrincipal(trx, principal.kind, principal.id);
  const column = ({ user: 'user_id', group: 'group_id', device: 'endpoint_id' } as const)[principal.kind];
  const made = await trx
    .insertInto('assignment')
    .values({ id: newId(), workspace_id: workspace.id, [column]: who.id, ...limitColumns(limits) })
    .onConflict((conflict) => conflict.constraint('assignment_unique').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!made)
    throw new AtelierError(
      'assignment.exists',
      `${workspace.name} is assigned to ${principal.kind} ${who.name} already`,
    );
  await services.audit.append(trx, origin, {
    verb: 'assignment.create',
    object: { kind: 'assignment', id: made.id, name: `${workspace.name} → ${who.name}` },
    before: null,
    after: { ...limits, workspace: workspace.name, principal: `${principal.kind} ${who.name}` },
  });
  return await readAssignmentRow(trx, made.id);
}
