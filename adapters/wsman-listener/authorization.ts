import type { Capability, OperationUser } from '@atelier/plugin-kit';

/** Whether a user may do something to a resource: asked in one place, for every operation. */
export type Authorization = (user: OperationUser, resourceUri: string, verb: Capability) => boolean;
