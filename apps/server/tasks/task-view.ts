import type { Database } from '@atelier/adapters/postgres';
import type { Selectable } from 'kysely';
import type { StoredInput } from './task-runner.ts';

/** A row of `task`. */
export type TaskRow = Selectable<Database['task']>;

/** A task as people see it. */
export const taskView = (row: TaskRow) => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  state: row.state,
  owner: row.owner_name,
  object:
    row.object_kind === null || row.object_id === null
      ? null
      : { kind: row.object_kind, id: row.object_id, name: (row.input as Partial<StoredInput>)?.objectName ?? '' },
  progress: row.progress,
  message: row.message,
  result: row.result,
  error: row.error as { code: string; detail: string } | null,
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
});
