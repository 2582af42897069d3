import type { GuestAgent } from './guest-agent.ts';

/** How a guest's instructions are run: by the processor itself, or translated in software (slow, works anywhere). */
export type Accelerator = 'kvm' | 'tcg';

/** A disk as the guest gets it. `serial` is what the guest sees (at most 20 characters), e.g. `atelier-data`. */
export interface VmDisk {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
  readonly readonly?: boolean;
  readonly serial: string;
  /** The system disk is booted from; there is exactly one. */
  readonly role: 'system' | 'data';
  /** `sata` for guests without virtio drivers, such as a plain Windows. Default: `virtio`. */
  readonly bus?: 'virtio' | 'sata';
}

/** What `startVm` takes. Paths are absolute; sizes are in MiB. */
export interface VmOptions {
  /** Shown in process lists and logs: letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** A folder of this VM's own, made with mode 0700: control files, QEMU's log, spill-over of test runs. */
  readonly stateDir: string;
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly disks: readonly VmDisk[];
  /** `user`: through the host's own connections, no way in from outside. `none`: no network card. */
  readonly network: 'user' | 'none';
  /** Ways in from outside for `network: 'user'`: connections to the address and port of this machine reach the guest's TCP port. */
  readonly forward?: readonly { readonly address: string; readonly port: number; readonly guestPort: number }[];
  /** `e1000` for guests without virtio drivers. Default: `virtio`. */
  readonly networkModel?: 'virtio' | 'e1000';
  /** UNIX sockets; by default `vnc.sock`, `qmp.sock` and `agent.sock` in the state folder. 107 bytes at most. */
  readonly vncSocket?: string;
  readonly qmpSocket?: string;
  readonly agentSocket?: string;
  /** What the guest writes to its first serial line. Default: `console.log` in the state folder. */
  readonly consoleLog?: string;
  readonly display?: { readonly videoMemoryMiB?: number; readonly keyboard?: string };
  /** A test run: every write of the guest goes to a file that vanishes with the VM; no disk file changes by a byte. */
  readonly snapshotOnly?: boolean;
  /** A file made by `Vm.suspend`: go on from there. The file is used up by it. */
  readonly resume?: string;
  readonly signal?: AbortSignal;
}

/**
 * Where a VM is in its life.
 * `ended` is final: `shutdown` by the guest or on request, `suspended` into a file, `killed` by us, or `crashed` with QEMU's own last words.
 */
export type VmState =
  | { readonly state: 'running' }
  | { readonly state: 'paused' }
  | { readonly state: 'ended'; readonly reason: 'shutdown' | 'suspended' | 'killed' }
  | {
      readonly state: 'ended';
      readonly reason: 'crashed';
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly stderr: readonly string[];
    };

export type VmEnd = Extract<VmState, { state: 'ended' }>;

/** A running virtual machine. It lives in a process of its own and outlives ours; see `attachVm`. */
export interface Vm {
  readonly name: string;
  readonly pid: number;
  readonly accelerator: Accelerator;
  readonly vncSocket: string;
  readonly state: VmState;
  /** Settles once, when QEMU has ended; never rejects. */
  readonly ended: Promise<VmEnd>;
  readonly agent: GuestAgent;
  /** Calls `listener` at every change of state (not for the present one). Returns the way to stop that. */
  onState(listener: (state: VmState) => void): () => void;
  /** Calls `listener` when the guest restarts itself. */
  onGuestReset(listener: () => void): () => void;
  /** Sends one QMP command. Throws `vm.qmp-failed`, `vm.timeout`, `vm.not-running`. */
  qmp(command: string, args?: Readonly<Record<string, unknown>>, options?: WaitOptions): Promise<unknown>;
  /** Waits until the guest agent answers. Throws `vm.boot-timeout` with the last console lines, or `vm.crashed`. */
  waitForGuest(options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>;
  /** The last lines of the guest's serial console; while it has said nothing, those of the firmware. */
  consoleTail(lines?: number): Promise<readonly string[]>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /**
   * Ends the guest in order: asks its agent, then presses the power button. Throws `vm.shutdown-timeout` when the guest
   * still runs after `timeoutMs`, unless `force` is set: then it is switched off.
   */
  shutdown(options: {
    readonly timeoutMs: number;
    readonly force?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<VmEnd>;
  /**
   * Stops the guest and saves its memory into `file` (written beside, synced, renamed), then ends QEMU.
   * Until the file is in place the VM can go on: on any failure it does, and `vm.suspend-failed` is thrown. A test run cannot be saved.
   */
  suspend(options: { readonly file: string; readonly signal?: AbortSignal }): Promise<VmEnd>;
  /** Presses the reset button: what the guest had not written is lost. */
  reset(): Promise<void>;
  /** Switches off at once: what the guest had not written is lost. */
  kill(): Promise<VmEnd>;
  /** Writes the screen into `file` as PNG. */
  screenshot(file: string): Promise<void>;
  /** Lets go of the VM (closes our connections) and leaves it running, for another process to attach. */
  detach(): void;
}

export interface WaitOptions {
  /** Default: 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What `attachVm` finds: the VM, taken over; or that it has gone, with QEMU's last words if it left any. */
export type AttachResult =
  | { readonly kind: 'running'; readonly vm: Vm }
  | { readonly kind: 'gone'; readonly stderr: readonly string[] };
