import { rm } from 'node:fs/promises';
import type { EventQueue } from '../events/event-queue.ts';
import type { InstanceJournal } from '../instances/instance-journal.ts';
import { instanceLayout, type StateLayout } from '../state/state-layout.ts';
import type { ImageStore } from './image-store.ts';
import type { TransferDesk } from './transfer-desk.ts';
import { versionsToKeep } from './versions-to-keep.ts';

/** Takes away versions that no policy keeps, with the writes that were made over them, and abandoned transfers. */
export async function sweepImages(parts: {
  readonly layout: StateLayout;
  readonly images: ImageStore;
  readonly journal: InstanceJournal;
  readonly desk: TransferDesk;
  readonly events: EventQueue;
}): Promise<void> {
  const { images, journal, desk } = parts;
  for (const image of images.images()) {
    const instances = () => journal.all().filter((record) => record.granted.image === image);
    // A transfer reads from the versions that are there.
    if (desk.busy(image)) continue;
    for (const version of images.versions(image)) {
      const using = instances();
      if (versionsToKeep(images.versions(image), using).has(version)) continue;
      await images.remove(image, version);
      for (const { userId, workspaceId } of using)
        await rm(instanceLayout(parts.layout, userId, workspaceId).overlay(version), { force: true });
      parts.events.add('image.version-removed', { detail: `version ${version} of ${image}`, data: { image, version } });
    }
    if (!desk.busy(image) && !instances().some((record) => record.transfer)) {
      await images.removePartial(image);
      await images.removeEmpty(image);
    }
  }
}
