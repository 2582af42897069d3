import { imageEndpoints } from '@atelier/api';
import { type FsckResult, fsckTask } from '../repository/fsck-task.ts';
import { gcTask } from '../repository/gc-task.ts';
import { repositoryMeter } from '../repository/measure.ts';
import { repackTask } from '../repository/repack-task.ts';
import type { Repository } from '../repository/repository.ts';
import { statsTask } from '../repository/stats-task.ts';
import { upkeepHandlers } from '../repository/upkeep-handlers.ts';
import type { Capability, Services } from '../services.ts';
import { channelHandlers } from './channel-handlers.ts';
import { imageHandlers } from './image-handlers.ts';
import { packTask } from './pack-task.ts';
import { planHandlers } from './plan-handlers.ts';
import { pushTask } from './push-task.ts';
import { lookForStuckVersions, releaseStuckVersions } from './stuck-versions.ts';
import { readTestRun, TestRuns } from './test-runs.ts';
import { versionHandlers } from './version-handlers.ts';
import { readVersionRow } from './version-view.ts';

/** The last check of the repository that came to its end. */
async function lastFsck(services: Services) {
  const row = await services.db
    .selectFrom('task')
    .select(['finished_at', 'result'])
    .where('kind', '=', 'repository.fsck')
    .where('state', '=', 'done')
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row?.finished_at) return null;
  return { at: row.finished_at.toISOString(), findings: [...(row.result as FsckResult).findings] };
}

export { contentKeyFor } from './content-keys.ts';

/** Images, their versions and channels, test runs, and the upkeep of the repository. */
export const images =
  (repository: Repository): Capability =>
  async (routes, services) => {
    const { tasks, db } = services;
    const runs = new TestRuns(services, repository);
    await runs.sweep();
    const measure = repositoryMeter(repository.store);
    tasks.register('image.pack', packTask(services, repository));
    tasks.register('image.push', pushTask(services, repository));
    tasks.register('repository.fsck', fsckTask(services, repository));
    tasks.register('repository.gc', gcTask(services, repository));
    tasks.register('repository.repack', repackTask(services, repository));
    tasks.register('repository.stats', statsTask(services, repository));

    routes.json(imageEndpoints, {
      ...imageHandlers(services, repository),
      ...versionHandlers(services, repository),
      ...channelHandlers(services, repository),
      ...planHandlers(services, repository),
      ...upkeepHandlers(services),
      startTest: async ({ params }) => {
        const version = await readVersionRow(db, params.name, params.number);
        return await readTestRun(services, await runs.start(version));
      },
      getTest: async ({ params }) => await readTestRun(services, params.id),
      stopTest: async ({ params }) => {
        await readTestRun(services, params.id);
        await runs.stop(params.id);
      },
      repository: async () => ({
        url: `${services.publicUrl()}/repository/`,
        kind: 'file-system',
        ...(await measure()),
        lastFsck: await lastFsck(services),
      }),
    });
    routes.socket(
      imageEndpoints.testScreen,
      async ({ params }) => runs.screen(params.id),
      (socket, screen) => screen.show(socket),
      { protocol: 'binary' },
    );

    await releaseStuckVersions(services);
    const stopLooking = lookForStuckVersions(services);
    // Test runs end with the first sign of stopping: they would hold up the end for nothing.
    services.signal.addEventListener('abort', () => void runs.stopAll(), { once: true });
    return {
      stop: async () => {
        stopLooking();
        await runs.stopAll();
      },
    };
  };
