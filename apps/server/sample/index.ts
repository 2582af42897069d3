import type { Signer } from '@atelier/trim';
import type { Repository } from '../repository/index.ts';
import type { Capability, Services } from '../services.ts';
import { sampleTask } from './sample-task.ts';

/** The setting that says that the sample was asked for once: whoever deletes it later does not get it back. */
const setting = 'sample.asked';

/**
 * Queues the sample at the first start of a server, once among all servers; again at a later start if it failed. Gives the
 * task, or null when there is nothing to ask for.
 */
async function askOnce(services: Services): Promise<string | null> {
  return await services.database.withTransaction(async (trx) => {
    const first = await trx
      .insertInto('setting')
      .values({ key: setting, value: JSON.stringify({ at: new Date().toISOString() }) })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('key')
      .executeTakeFirst();
    if (!first) {
      const last = await trx
        .selectFrom('task')
        .select('state')
        .where('kind', '=', 'sample.prepare')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (last?.state !== 'failed') return null;
    }
    const origin = { actor: { kind: 'system' }, correlationId: 'sample' } as const;
    return await services.tasks.enqueue(trx, origin, {
      kind: 'sample.prepare',
      title: 'prepare the sample workspace debian-lab',
      input: {},
      maxAttempts: 10,
    });
  });
}

/** The sample of the first start: something real to look at. Its failure is a failed task, and does not stop the server. */
export const sampleWorkspace =
  (repository: Repository, policySigner: Signer): Capability =>
  async (_routes, services) => {
    services.tasks.register('sample.prepare', sampleTask(services, repository, policySigner));
    if (services.config.sample) await askOnce(services);
    return {};
  };
