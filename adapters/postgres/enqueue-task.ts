import type { Kysely } from 'kysely';
import { newId } from './new-id.ts';
import { storableText } from './storable.ts';
import type { Database } from './tables/database.ts';
import { jsonText } from './task-lease.ts';

/** Work to be queued. */
export interface NewTask {
  readonly kind: string;
  readonly title: string;
  readonly owner?: { readonly id: string | null; readonly name: string };
  readonly object?: { readonly kind: string; readonly id: string };
  readonly input?: unknown;
  /** How often it may be begun, when servers die under it; default 3. */
  readonly maxAttempts?: number;
  readonly correlationId?: string | null;
}

/** Queues a task; in the transaction of the change that it belongs to, it is queued if and only if that commits. Gives its id. */
export async function enqueueTask(db: Kysely<Database>, task: NewTask): Promise<string> {
  const id = newId();
  await db
    .insertInto('task')
    .values({
      id,
      kind: task.kind,
      title: storableText(task.title),
      owner_id: task.owner?.id ?? null,
      owner_name: storableText(task.owner?.name ?? ''),
      object_kind: task.object?.kind ?? null,
      object_id: task.object?.id ?? null,
      input: jsonText(task.input ?? {}),
      max_attempts: task.maxAttempts ?? 3,
      correlation_id: task.correlationId ?? null,
    })
    .execute();
  return id;
}
