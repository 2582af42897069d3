import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { instanceLayout } from '../state/state-layout.ts';
import type { WorkParts } from './work-parts.ts';

/** From `reverting` to `ready`: throws away the guest's writes to the system disk. The data disk stays. */
export async function revertWork(parts: WorkParts): Promise<void> {
  const { userId, workspaceId, version, revertScope } = parts.record();
  const places = instanceLayout(parts.layout, userId, workspaceId);
  await rm(places.savedState, { force: true });
  if (revertScope === 'everything') {
    for (const name of await namesIn(places.folder))
      if (/^overlay-\d+\.qcow2/.test(name)) await rm(join(places.folder, name), { force: true });
    await rm(places.vm, { recursive: true, force: true });
  } else if (version !== null) await rm(places.overlay(version), { force: true });
  parts.happen({ kind: 'reverted' });
}

/** From `deleting` to nothing: takes away all that the person had in this workspace on this computer, data included. */
export async function deleteWork(parts: WorkParts): Promise<void> {
  const { userId, workspaceId } = parts.record();
  const places = instanceLayout(parts.layout, userId, workspaceId);
  await rm(places.vmShort, { force: true });
  await rm(places.folder, { recursive: true, force: true });
  parts.happen({ kind: 'deleted' });
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
