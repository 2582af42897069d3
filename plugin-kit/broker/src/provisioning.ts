import type { Properties } from '@atelier/domain/broker';
import type { TargetLock } from './resource-store.ts';

/** VM_NOTIFY_STATUS of sessdirpublictypes.idl. */
export const vmStatusNumbers = { pending: 0, 'in-progress': 1, complete: 2, failed: 3, cancelled: 4 } as const;
export type VmStatus = keyof typeof vmStatusNumbers;

/** VM_HOST_NOTIFY_STATUS of sessdirpublictypes.idl. */
export const vmHostStatusNumbers = { pending: 0, 'in-progress': 1, complete: 2, failed: 3 } as const;
export type VmHostStatus = keyof typeof vmHostStatusNumbers;

/** A machine and the physical host that it is on (VM_NOTIFY_ENTRY). */
export interface VmEntry {
  readonly vmName: string;
  readonly vmHost: string;
}

/** Work on the virtual machines of a collection. Where the original hands over XML, this is a value. */
export interface ProvisioningJob {
  /** The original's JobGuid: for `cancelJob`. */
  readonly id: string;
  readonly collection: string;
  /** The machines to patch or delete; the names that created ones shall have. */
  readonly vmNames: readonly string[];
  /** Image and version that they are made of; null when they are deleted. */
  readonly image: { readonly name: string; readonly version: number } | null;
  readonly settings: Properties;
}

/** Where a job tells how it goes on (ITsSbProvisioningPluginNotifySink). */
export interface ProvisioningSink {
  onJobCreated(vms: readonly VmEntry[]): void;
  onVirtualMachineStatusChanged(vm: VmEntry, status: VmStatus, error?: string): void;
  onVirtualMachineHostStatusChanged(vmHost: string, status: VmHostStatus, error?: string): void;
  /** Keeps users and other jobs off the machine while it is worked on. Rejects when another holds it. */
  lockVirtualMachine(vm: VmEntry): Promise<TargetLock>;
  onJobCompleted(error?: string): void;
  onJobCancelled(): void;
}

/** Makes, renews and deletes virtual machines (ITsSbProvisioning). One plug-in at most does so for a collection: the one of highest priority. */
export interface Provisioning {
  createVirtualMachines(job: ProvisioningJob, sink: ProvisioningSink): Promise<void>;
  patchVirtualMachines(job: ProvisioningJob, sink: ProvisioningSink): Promise<void>;
  deleteVirtualMachines(job: ProvisioningJob, sink: ProvisioningSink): Promise<void>;
  /** Ends a job as soon as it can; the sink is told `onJobCancelled`. */
  cancelJob(jobId: string): Promise<void>;
}
