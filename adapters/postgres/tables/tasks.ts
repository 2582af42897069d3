import type { TaskState } from '@atelier/domain/tasks';
import type { Generated, Json, JsonWithDefault, Revised, Time, TimeWithDefault } from './column.ts';

/** Long work. Written by the functions of the task queue. */
export interface TaskTable extends Revised {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly state: Generated<TaskState>;
  readonly owner_id: string | null;
  readonly owner_name: Generated<string>;
  readonly object_kind: string | null;
  readonly object_id: string | null;
  /** From 0 to 1; null while it is not known. */
  readonly progress: number | null;
  readonly message: Generated<string>;
  readonly input: JsonWithDefault<unknown>;
  readonly result: Json<unknown> | null;
  readonly error: Json<unknown> | null;
  readonly cancel_requested: Generated<boolean>;
  readonly lease_owner: string | null;
  readonly lease_until: Time | null;
  readonly attempts: Generated<number>;
  readonly max_attempts: Generated<number>;
  readonly correlation_id: string | null;
  readonly started_at: Time | null;
  readonly finished_at: Time | null;
}

/** A line that a task wrote. */
export interface TaskLogTable {
  readonly task_id: string;
  readonly seq: number;
  readonly at: TimeWithDefault;
  readonly line: string;
}
