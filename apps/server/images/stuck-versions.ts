import type { Services } from '../services.ts';
import { moveByTask } from './work-on-version.ts';

/**
 * Versions that are packing or uploading while no task works on them any more (it was begun too often, or its row is
 * gone) become `failed`, from where a person can try again. Gives how many.
 */
export async function releaseStuckVersions(services: Services): Promise<number> {
  const stuck = await services.db
    .selectFrom('image_version')
    .select('id')
    .where('state', 'in', ['packing', 'uploading'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('task')
            .select('task.id')
            .where('task.state', 'in', ['queued', 'running'])
            .where(({ eb, or, and }) =>
              or([
                and([
                  eb('task.object_kind', '=', 'image-version'),
                  eb('task.object_id', '=', eb.ref('image_version.id')),
                ]),
                // The sample packs and pushes within its own task.
                eb('task.kind', '=', 'sample.prepare'),
              ]),
            ),
        ),
      ),
    )
    .execute();
  for (const { id } of stuck) {
    const error = JSON.stringify({ code: 'server.internal', detail: 'the work on it was interrupted too often' });
    await moveByTask(services, '', id, 'failed', { error }).catch((cause) =>
      services.log.warn({ err: cause, version: id }, 'a stuck version could not be released'),
    );
  }
  return stuck.length;
}

const everyMs = 60_000;
/** A task that ended, or was cancelled before it began, is looked at soon after. */
const soonMs = 2000;

/** Releases stuck versions from time to time, and soon after tasks change. Gives the way to stop that. */
export function lookForStuckVersions(services: Services): () => void {
  let soon: NodeJS.Timeout | undefined;
  const look = () => {
    soon = undefined;
    releaseStuckVersions(services).catch((error) =>
      services.log.warn({ err: error }, 'stuck versions were not looked for'),
    );
  };
  const timer = setInterval(look, everyMs);
  services.changes.subscribe(({ kind, action }) => {
    if (kind === 'task' && action === 'update') soon ??= setTimeout(look, soonMs);
  }, services.signal);
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
  };
}
