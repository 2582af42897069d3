import { endpointEndpoints } from '@atelier/api';
import type { CommandDesk } from '../device/command-desk.ts';
import type { Capability } from '../services.ts';
import { endpointHandlers } from './endpoint-handlers.ts';

export { createEnrollmentToken } from './enrollment-token.ts';
export { instanceQuery, instanceView } from './instance-view.ts';

/** The computers that run the client, and the workspaces on them. */
export const endpoints =
  (desk: CommandDesk): Capability =>
  async (routes, services) => {
    routes.json(endpointEndpoints, endpointHandlers(services, desk));
    return {};
  };
