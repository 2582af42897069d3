import { peopleEndpoints } from '@atelier/api';
import type { Capability } from '../services.ts';
import { groupHandlers } from './group-handlers.ts';
import { memberHandlers } from './member-handlers.ts';
import { roleBindingHandlers } from './role-binding-handlers.ts';
import { userHandlers } from './user-handlers.ts';

/** The local directory: users, nested groups, roles. */
export const peopleCapability: Capability = async (routes, services) => {
  routes.json(peopleEndpoints, {
    ...userHandlers(services),
    ...groupHandlers(services),
    ...memberHandlers(services),
    ...roleBindingHandlers(services),
  });
  return {};
};
