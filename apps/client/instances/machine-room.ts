import type { AttachResult, Vm, VmOptions } from '@atelier/adapters/qemu';

/** How the client touches virtual machines and their disks. */
export interface MachineRoom {
  /** What this computer can run guests with; `none` when QEMU is missing. */
  accelerator(): Promise<'kvm' | 'tcg' | 'none'>;
  start(options: VmOptions): Promise<Vm>;
  attach(options: { readonly stateDir: string; readonly signal?: AbortSignal }): Promise<AttachResult>;
  /** Makes `path`, which takes the guest's writes over `base` (raw, never written to). Does nothing when it is there already. */
  makeOverlay(path: string, base: string): Promise<void>;
  /** Makes an empty disk. Does nothing when it is there already. */
  makeDataDisk(path: string, sizeMiB: number): Promise<void>;
}
