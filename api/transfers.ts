import { transferOverrideSchema, transferPolicySchema } from '@atelier/domain/transfers';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, rev } from './shapes.ts';

/** How all endpoints fetch. */
export const transferPolicyView = z.object({ policy: transferPolicySchema, rev });
/** How one endpoint fetches: what it does otherwise, and what comes of both. */
export const endpointTransferPolicy = z.object({
  override: transferOverrideSchema,
  effective: transferPolicySchema,
  rev,
});
export type EndpointTransferPolicy = z.infer<typeof endpointTransferPolicy>;

const byId = z.object({ id });
export const transferEndpoints = endpoints({
  getPolicy: {
    method: 'GET',
    path: '/transfer-policy',
    summary: 'how endpoints fetch versions: limits, schedule, battery, media, peers',
    access: 'endpoint:read',
    response: transferPolicyView,
  },
  setPolicy: {
    method: 'PUT',
    path: '/transfer-policy',
    summary: 'changes how endpoints fetch versions; what is left out gets its default',
    access: 'endpoint:write',
    body: transferPolicySchema,
    response: transferPolicyView,
  },
  getOverride: {
    method: 'GET',
    path: '/endpoints/:id/transfer-policy',
    summary: 'how one endpoint fetches versions',
    access: 'endpoint:read',
    params: byId,
    response: endpointTransferPolicy,
  },
  setOverride: {
    method: 'PUT',
    path: '/endpoints/:id/transfer-policy',
    summary: 'changes what one endpoint does otherwise; an empty object takes it back',
    access: 'endpoint:write',
    params: byId,
    body: transferOverrideSchema,
    response: endpointTransferPolicy,
  },
});
