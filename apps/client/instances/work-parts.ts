import type { Vm } from '@atelier/adapters/qemu';
import type { ImageStore } from '../images/image-store.ts';
import type { StateLayout } from '../state/state-layout.ts';
import type { Circumstances } from './entitlement.ts';
import type { Happening } from './happening.ts';
import type { InstanceRecord } from './instance-record.ts';
import type { MachineRoom } from './machine-room.ts';

/** What a piece of work on one instance gets. It says what happened through `happen`; that is what the journal keeps. */
export interface WorkParts {
  readonly layout: StateLayout;
  readonly images: ImageStore;
  readonly machines: MachineRoom;
  /** The record as the journal has it now. */
  record(): InstanceRecord;
  happen(happening: Happening): void;
  circumstances(): Circumstances;
  /** The virtual machine, if one runs. */
  vm(): Vm | undefined;
  setVm(vm: Vm | undefined): void;
  /** Aborted when the state was changed by somebody else, or the daemon stops. */
  readonly signal: AbortSignal;
  log(message: string, facts?: Record<string, unknown>): void;
}
