import { taskStateSchema } from '@atelier/domain/tasks';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, time } from './shapes.ts';

export const task = z.object({
  id,
  kind: z.string(),
  title: z.string(),
  state: taskStateSchema,
  owner: z.string(),
  object: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
  /** 0 to 1, or null while it cannot be told. */
  progress: z.number().nullable(),
  message: z.string(),
  result: z.unknown(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});
export type Task = z.infer<typeof task>;

export const taskEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/tasks',
    summary: 'tasks, newest first; without task:read only the own ones',
    access: 'signed-in',
    query: pageQuery.extend({ state: taskStateSchema.optional() }),
    response: page(task),
  },
  get: {
    method: 'GET',
    path: '/tasks/:id',
    summary: 'a task',
    access: 'signed-in',
    params: z.object({ id }),
    response: task,
  },
  log: {
    method: 'GET',
    path: '/tasks/:id/log',
    summary: 'a task’s log',
    access: 'signed-in',
    params: z.object({ id }),
    query: pageQuery,
    response: page(z.object({ seq: z.number().int(), at: time, line: z.string() })),
  },
  cancel: {
    method: 'POST',
    path: '/tasks/:id/cancel',
    summary: 'asks a task to stop',
    access: 'signed-in',
    status: 202,
    params: z.object({ id }),
    response: task,
  },
});
