import { sessionEndpoints } from '@atelier/api';
import type { Capability } from '../services.ts';
import { sessionHandlers } from './session-handlers.ts';

/** Signing in and out, the first administrator, API tokens. */
export const identityCapability: Capability = async (routes, services) => {
  routes.json(sessionEndpoints, sessionHandlers(services));
  return {};
};
