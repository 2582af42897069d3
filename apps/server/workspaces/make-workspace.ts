import { type Database, newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Policy, WorkspaceType } from '@atelier/domain/workspaces';
import type { Signer } from '@atelier/trim';
import type { Transaction } from 'kysely';
import type { Origin, Services } from '../services.ts';
import { commitRevision } from './policy-revisions.ts';
import { sourceColumns, type WorkspaceSource } from './workspace-source.ts';

/** A workspace as it is asked for. */
export interface NewWorkspace extends WorkspaceSource {
  readonly name: string;
  readonly description: string;
  readonly supportContact: string;
  readonly type: WorkspaceType;
  readonly enabled: boolean;
  readonly policy: Policy;
}

/** A unique violation of the workspace's name as the error that a person can act on. */
export function nameTaken(name: string) {
  return (error: unknown): never => {
    if ((error as { constraint?: string }).constraint !== 'workspace_name_unique') throw error;
    throw new AtelierError('workspace.name-taken', `there is a workspace ${name} already`, { cause: error });
  };
}

/** Makes a workspace with revision 1 of its policy. Gives its id. @throws AtelierError `workspace.name-taken`, `image.not-found` … */
export async function makeWorkspace(
  services: Pick<Services, 'audit'>,
  trx: Transaction<Database>,
  signer: Signer,
  origin: Origin,
  asked: NewWorkspace,
  message = '',
): Promise<string> {
  const { policy, ...fields } = asked;
  const row = {
    id: newId(),
    name: asked.name,
    description: asked.description,
    support_contact: asked.supportContact,
    type: asked.type,
    enabled: asked.enabled,
    ...(await sourceColumns(trx, asked)),
  };
  await trx.insertInto('workspace').values(row).execute().catch(nameTaken(asked.name));
  await services.audit.append(trx, origin, {
    verb: 'workspace.create',
    object: { kind: 'workspace', id: row.id, name: row.name },
    before: null,
    after: { ...fields },
  });
  const workspace = { id: row.id, name: row.name, active_revision: null };
  await commitRevision(services, trx, signer, origin, { workspace, document: policy, message });
  return row.id;
}
