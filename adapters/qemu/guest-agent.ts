/** What a program run in the guest gave. */
export interface GuestExecResult {
  readonly code: number;
  /** The signal that ended it (Linux), else undefined. */
  readonly signal?: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface GuestExecOptions {
  /** Fed to its standard input; 4 MiB at most. */
  readonly input?: string | Uint8Array;
  /** `NAME=value`; default: the agent's own environment. */
  readonly env?: readonly string[];
  /** How long the program may run. Default: 60 s. It is not ended by a time-out, only no longer waited for. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What the guest says of itself. Fields that a guest does not know are absent. */
export interface GuestOsInfo {
  readonly id?: string;
  readonly name?: string;
  readonly prettyName?: string;
  readonly version?: string;
  readonly kernelRelease?: string;
  readonly machine?: string;
}

/**
 * The agent inside the guest (qemu-guest-agent). Everything it says is the guest's word: do not trust it further than the guest.
 * Each call throws `vm.agent-failed`, `vm.agent-protocol`, `vm.timeout` or `vm.not-running`.
 */
export interface GuestAgent {
  /** Resolves if the agent answers within the time (default 5 s). */
  ping(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Runs a program (full path, or found by the guest's PATH) without a shell, and waits for its end. */
  exec(command: string, args?: readonly string[], options?: GuestExecOptions): Promise<GuestExecResult>;
  /** Reads a whole file of at most `limitBytes` (default 1 MiB). */
  readFile(path: string, options?: { readonly limitBytes?: number; readonly signal?: AbortSignal }): Promise<Buffer>;
  /** Writes a file from bytes or from a stream, replacing what was there. */
  writeFile(
    path: string,
    content: string | Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void>;
  osInfo(): Promise<GuestOsInfo>;
  hostName(): Promise<string>;
  /** Addresses of the guest's network cards, without loopback. */
  addresses(): Promise<readonly string[]>;
  setUserPassword(user: string, password: string): Promise<void>;
  /** Sets the guest's clock to the host's, as is due after a resume. */
  setTime(): Promise<void>;
  /** Makes the guest write everything to its disks. */
  sync(): Promise<void>;
  /** Asks the guest to shut down, restart or halt; does not wait for it. */
  shutdown(mode?: 'powerdown' | 'reboot' | 'halt'): Promise<void>;
}
