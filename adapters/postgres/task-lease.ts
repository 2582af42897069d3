import { type Selectable, sql } from 'kysely';
import { storableJson } from './storable.ts';
import type { TaskTable } from './tables/tasks.ts';

/** The right to work on a task, until another server takes it over. */
export interface TaskLease {
  readonly taskId: string;
  readonly owner: string;
  readonly attempt: number;
}

/** A task that was claimed, with the right to work on it. */
export interface ClaimedTask {
  readonly task: Selectable<TaskTable>;
  readonly lease: TaskLease;
}

/** Time is the database's, so that servers whose clocks differ agree on who holds a lease. */
export const now = sql<Date>`clock_timestamp()`;
export const leaseUntil = (milliseconds: number) =>
  sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
export const freeLease = { lease_owner: null, lease_until: null } as const;

/** A value as the text that a JSON column stores. */
export const jsonText = (value: unknown) => JSON.stringify(storableJson(JSON.parse(JSON.stringify(value ?? null))));
