import { isDeepStrictEqual } from 'node:util';
import type { GrantDocument, GrantedWorkspace } from '@atelier/domain/workspaces';
import type { EventQueue } from '../events/event-queue.ts';
import type { ImageStore } from '../images/image-store.ts';
import { updateFor } from '../instances/entitlement.ts';
import type { InstanceJournal } from '../instances/instance-journal.ts';
import type { InstanceRecord } from '../instances/instance-record.ts';
import type { ClientDatabase } from '../state/client-database.ts';

export interface ApplyGrantParts {
  readonly database: ClientDatabase;
  readonly events: EventQueue;
  readonly journal: InstanceJournal;
  readonly images: Pick<ImageStore, 'has'>;
}

/** Brings the instances of a person in line with a grant that was verified. Gives whether anything changed. */
export function applyGrant(parts: ApplyGrantParts, grant: GrantDocument): boolean {
  const { journal } = parts;
  let changed = false;
  for (const granted of grant.workspaces) {
    const key = { userId: grant.user.id, workspaceId: granted.workspaceId };
    const record = journal.get(key);
    if (!record) journal.add(grant.user, granted);
    else if (record.listed && isDeepStrictEqual(record.granted, granted)) continue;
    else journal.happen(key, { kind: 'granted', granted, userName: grant.user.name });
    changed = true;
    tellDisabled(parts, grant, record, granted);
  }
  const named = new Set(grant.workspaces.map((one) => one.workspaceId));
  for (const record of journal.all())
    if (record.userId === grant.user.id && record.listed && !named.has(record.workspaceId)) {
      if (journal.happen(record, { kind: 'unlisted' }))
        parts.events.add('policy.workspace-disabled', {
          userName: record.userName,
          workspace: record.granted.name,
          detail: 'it is no longer assigned; what is here of it stays until it is deleted',
        });
      changed = true;
    }
  if (changed)
    parts.events.add('policy.refreshed', {
      userName: grant.user.name,
      detail: `${grant.workspaces.length} workspaces`,
      data: { sequence: grant.sequence },
    });
  offerUpdates(parts, grant.user.id);
  return changed;
}

function tellDisabled(
  parts: ApplyGrantParts,
  grant: GrantDocument,
  before: InstanceRecord | undefined,
  granted: GrantedWorkspace,
): void {
  if (!before || granted.enabled || !before.granted.enabled) return;
  parts.events.add('policy.workspace-disabled', { userName: grant.user.name, workspace: granted.name });
}

/** Tells of new versions once; fetches them where the policy forces them. */
export function offerUpdates({ database, events, journal, images }: ApplyGrantParts, userId: string): void {
  for (const record of journal.all()) {
    if (record.userId !== userId || !record.listed || record.version === null) continue;
    const wanted = updateFor(record);
    const { mode } = record.granted.policy.update;
    if (wanted === null || mode === 'off' || wanted === record.declined) continue;
    const note = `announced:${record.userId}/${record.workspaceId}`;
    if (database.note<number>(note) !== wanted)
      database.transaction(() => {
        database.setNote(note, wanted);
        events.add('image.update-available', {
          userName: record.userName,
          workspace: record.granted.name,
          detail: `version ${wanted} of ${record.granted.image}`,
        });
      });
    if (mode !== 'force' || record.transfer?.version === wanted) continue;
    const here = images.has(record.granted.image, wanted);
    journal.happen(
      record,
      here
        ? { kind: 'staged-locally', version: wanted }
        : { kind: 'fetch-asked', version: wanted, by: 'policy', at: Date.now() },
    );
  }
}
