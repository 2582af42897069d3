import type { ProvisioningJob } from '../src/provisioning.ts';

/** A job on the machines of a collection, as a person asked for it. */
export interface MachineJob {
  readonly what: 'create' | 'patch' | 'delete';
  readonly collectionId: string;
  readonly collection: string;
  readonly vmNames: readonly string[];
  readonly image: ProvisioningJob['image'];
  readonly settings: ProvisioningJob['settings'];
}
