import { brokerTaskStateSchema, brokerTaskStatusSchema } from '@atelier/domain/broker';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, taskRef, time } from './shapes.ts';
import { task } from './tasks.ts';

const machineName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,127}$/u, 'letters, digits, dot, dash, underscore and blank')
  .refine((name) => name === name.trim(), 'no blank at the end');

/** What a plug-in shall do with machines of a collection. */
export const machineJob = z.object({
  what: z.enum(['create', 'patch', 'delete']),
  /** The machines; for `create` the names that they shall have. */
  names: z.array(machineName).max(1000).default([]),
  /** For `create`: so many, with names that are free. */
  count: z.number().int().min(1).max(1000).optional(),
  /** What they are made of, or patched to. The plug-in knows what to do with it. */
  image: z
    .object({ name: z.string().min(1).max(200), version: z.number().int().min(1) })
    .nullable()
    .default(null),
  /** More for the plug-in. */
  settings: z.record(z.string().max(200), z.union([z.string().max(4000), z.number(), z.boolean()])).default({}),
});
export type MachineJobRequest = z.input<typeof machineJob>;

/** Maintenance of one target by a plug-in. */
export const plugInTask = z.object({
  id,
  plugin: z.string(),
  target: z.object({ id, name: z.string(), collection: z.string() }),
  /** The plug-in's own name for it. */
  identifier: z.string(),
  label: z.string(),
  /** The earliest and the latest time to begin it. */
  startTime: time,
  endTime: time,
  /** Of tasks that are due, the one with the earliest deadline comes first. */
  deadline: time,
  context: z.string(),
  /** Who planned it; empty: the plug-in. */
  plannedBy: z.string(),
  state: brokerTaskStateSchema,
  /** How far it is, by the plug-in's own word. */
  status: brokerTaskStatusSchema,
  detail: z.string(),
  /** A person asked for its end, and it has not ended yet. */
  cancelling: z.boolean(),
  /** Where it is done, or was. */
  broker: z.string(),
  begunAt: time.nullable(),
  finishedAt: time.nullable(),
});
export type PlugInTask = z.infer<typeof plugInTask>;

const byId = z.object({ id });
const ofCollection = z.object({ id: z.string().min(1).max(128) });

const scope = { kind: 'collection', param: 'id' } as const;

export const plugInWorkEndpoints = endpoints({
  listMachineJobs: {
    method: 'GET',
    path: '/collections/:id/machine-jobs',
    summary: 'jobs of plug-ins on the machines of a collection, newest first',
    access: 'collection:read',
    scope,
    params: ofCollection,
    query: pageQuery,
    response: page(task),
  },
  startMachineJob: {
    method: 'POST',
    path: '/collections/:id/machine-jobs',
    summary:
      'has the plug-in of the highest priority that makes machines for the collection create, patch or delete some',
    access: 'collection:write',
    scope,
    status: 202,
    params: ofCollection,
    body: machineJob,
    response: taskRef,
  },
  startMachineJobAgain: {
    method: 'POST',
    path: '/collections/:id/machine-jobs/:taskId/again',
    summary: 'starts a job that failed, was cancelled or interrupted again: for what it left to do',
    access: 'collection:write',
    scope,
    status: 202,
    params: ofCollection.extend({ taskId: id }),
    response: taskRef,
  },
  listTasks: {
    method: 'GET',
    path: '/broker/tasks',
    summary: 'maintenance of targets by plug-ins: what is planned, runs and was done, the latest to begin first',
    access: 'broker:read',
    query: pageQuery.extend({
      plugin: z.string().max(64).optional(),
      /** Id or name. */
      target: z.string().max(128).optional(),
      state: brokerTaskStateSchema.optional(),
    }),
    response: page(plugInTask),
  },
  getTask: {
    method: 'GET',
    path: '/broker/tasks/:id',
    summary: 'a task of a plug-in',
    access: 'broker:read',
    params: byId,
    response: plugInTask,
  },
  planTask: {
    method: 'POST',
    path: '/broker/plug-ins/:name/tasks',
    summary: 'plans a task of a plug-in on a target, at once or later',
    access: 'broker:write',
    status: 201,
    params: z.object({ name: z.string().max(64) }),
    body: z.object({
      /** Id or name. */
      target: z.string().min(1).max(128),
      label: z.string().max(200).default(''),
      /** Left out: now. */
      startTime: time.optional(),
      /** Left out: a day after the start. */
      endTime: time.optional(),
      /** Left out: the latest time to begin. */
      deadline: time.optional(),
      /** What the plug-in shall know. */
      context: z.string().max(65_536).default(''),
    }),
    response: plugInTask,
  },
  startTask: {
    method: 'POST',
    path: '/broker/tasks/:id/start',
    summary: 'starts a task at once: one that is planned, or again one that ended',
    access: 'broker:write',
    params: byId,
    response: plugInTask,
  },
  cancelTask: {
    method: 'POST',
    path: '/broker/tasks/:id/cancel',
    summary: 'takes a task off the plan, or asks the plug-in to end it',
    access: 'broker:write',
    params: byId,
    response: plugInTask,
  },
});
