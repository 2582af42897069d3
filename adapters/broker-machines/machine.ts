import type { Properties, TargetEndpoint, VmSettings } from '@atelier/domain/broker';

/** What targets run in, with the way to switch them. */
export interface MachineEnvironment {
  readonly name: string;
  /** `qemu`, `libvirt`, `ipmi`, `wake-on-lan` or `command`. */
  readonly driver: string;
  readonly settings: unknown;
}

/** A target as something that can be switched. */
export interface Machine {
  /** Of the target. */
  readonly id: string;
  readonly name: string;
  readonly endpoints: readonly TargetEndpoint[];
  readonly properties: Properties;
  readonly environment: MachineEnvironment;
  /** How it is made; null when somebody else made it. */
  readonly vm: VmSettings | null;
}
