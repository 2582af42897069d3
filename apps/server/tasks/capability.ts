import { taskEndpoints } from '@atelier/api';
import type { Capability } from '../services.ts';
import { taskHandlers } from './task-handlers.ts';

/** What people see of long work. */
export const tasksCapability: Capability = async (routes, services) => {
  routes.json(taskEndpoints, taskHandlers(services));
  return {};
};
