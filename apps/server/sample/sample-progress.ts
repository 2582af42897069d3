import type { TaskState } from '@atelier/domain/tasks';
import type { Queries } from '../services.ts';

/** How far the sample of the first start is. */
export interface SampleProgress {
  readonly state: TaskState;
  /** 0 to 1, or null while it cannot be told. */
  readonly progress: number | null;
  readonly message: string;
}

/** The newest task that prepares the sample; null when none was ever asked for. */
export async function sampleProgress(queries: Queries): Promise<SampleProgress | null> {
  const row = await queries
    .selectFrom('task')
    .select(['state', 'progress', 'message', 'error'])
    .where('kind', '=', 'sample.prepare')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { detail } = (row.error ?? {}) as { detail?: string };
  return { state: row.state, progress: row.progress, message: detail ?? row.message };
}
