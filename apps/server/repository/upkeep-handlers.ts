import type { imageEndpoints } from '@atelier/api';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { readImage } from '../images/image-view.ts';
import type { Services } from '../services.ts';

type Upkeep = { readonly kind: string; readonly title: string; readonly input: Readonly<Record<string, unknown>> };

/** The repository's upkeep: each a task, and in the audit who began it. */
export function upkeepHandlers(
  services: Services,
): Pick<Handlers<typeof imageEndpoints>, 'fsck' | 'gc' | 'repack' | 'stats'> {
  const begin = (task: Upkeep, context: RequestContext) =>
    services.database.withTransaction(async (trx) => {
      await services.audit.append(trx, context, {
        verb: task.kind,
        object: { kind: 'repository', id: 'repository', name: 'repository' },
        before: null,
        after: task.input,
      });
      return { taskId: await services.tasks.enqueue(trx, context, task) };
    });
  return {
    fsck: async (_input, context) =>
      await begin({ kind: 'repository.fsck', title: 'check the repository', input: {} }, context),

    gc: async ({ body }, context) => {
      const title = body.dryRun ? 'count what the repository does not need' : 'clean the repository';
      return await begin({ kind: 'repository.gc', title, input: body }, context);
    },

    repack: async ({ body }, context) => {
      const title = body.dryRun ? 'count packs that are mostly waste' : 'rewrite packs that are mostly waste';
      return await begin({ kind: 'repository.repack', title, input: body }, context);
    },

    stats: async ({ params: { name } }, context) => {
      const image = await readImage(services.db, name);
      const object = { kind: 'image', id: image.id, name };
      const task = { kind: 'repository.stats', title: `reckon what versions of ${name} cost`, input: { name }, object };
      return { taskId: await services.tasks.enqueue(services.db, context, task) };
    },
  };
}
