import { transferEndpoints } from '@atelier/api';
import type { Capability } from '../services.ts';
import { policyHandlers } from './policy-handlers.ts';

export { policySetting } from './stored-policy.ts';
export { transferOrdersFor } from './transfer-orders.ts';

/** How endpoints fetch versions: the policy of all of them, and what single ones do otherwise. */
export const transfers: Capability = async (routes, services) => {
  routes.json(transferEndpoints, policyHandlers(services));
  return {};
};
