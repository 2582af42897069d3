import {
  type VmEntry,
  type VmHostStatus,
  type VmStatus,
  vmHostStatusNumbers,
  vmStatusNumbers,
} from '../src/provisioning.ts';
import type { TargetLock } from '../src/resource-store.ts';

/** Lines about one job at most that its log gets from the plug-in. */
const mostNews = 5000;

const text = (value: unknown, most = 200): string => String(value ?? '').slice(0, most);

/** How the machines of one job do, as its plug-in tells. What it tells is not trusted to keep to the types. */
export class JobProgress {
  readonly #wanted: ReadonlySet<string>;
  readonly #log: (line: string) => void;
  readonly #lock: (name: string) => Promise<TargetLock>;
  readonly #states = new Map<string, { readonly status: VmStatus; readonly host: string; readonly error: string }>();
  readonly #locks = new Set<TargetLock>();
  #news = 0;
  #over: { readonly kind: 'completed'; readonly error: string | null } | { readonly kind: 'cancelled' } | null = null;

  constructor(wanted: readonly string[], log: (line: string) => void, lock: (name: string) => Promise<TargetLock>) {
    this.#wanted = new Set(wanted);
    this.#log = log;
    this.#lock = lock;
  }

  #tell(line: string): void {
    this.#news += 1;
    if (this.#news <= mostNews) this.#log(this.#news === mostNews ? 'the plug-in tells too much: no more of it' : line);
  }

  #known(vm: VmEntry): { readonly name: string; readonly host: string } {
    const name = text((vm as Partial<VmEntry> | null)?.vmName);
    if (!this.#wanted.has(name)) throw new Error(`${name} is no machine of this job`);
    return { name, host: text((vm as Partial<VmEntry>).vmHost) };
  }

  created(vms: readonly VmEntry[]): void {
    for (const vm of Array.isArray(vms) ? vms : []) {
      const { name, host } = this.#known(vm);
      if (!this.#states.has(name)) this.#states.set(name, { status: 'pending', host, error: '' });
    }
    this.#tell(`begun with ${this.#states.size} machines`);
  }

  machine(vm: VmEntry, status: VmStatus, error?: string): void {
    if (!Object.hasOwn(vmStatusNumbers, status)) throw new Error(`${text(status)} is no status of a machine`);
    const { name, host } = this.#known(vm);
    this.#states.set(name, { status, host, error: text(error, 500) });
    this.#tell(`${name}${host && ` on ${host}`}: ${status}${error ? `: ${text(error, 500)}` : ''}`);
  }

  host(vmHost: string, status: VmHostStatus, error?: string): void {
    if (!Object.hasOwn(vmHostStatusNumbers, status)) throw new Error(`${text(status)} is no status of a host`);
    this.#tell(`host ${text(vmHost)}: ${status}${error ? `: ${text(error, 500)}` : ''}`);
  }

  completed(error?: string): void {
    this.#over ??= { kind: 'completed', error: error ? text(error, 1000) : null };
  }

  cancelled(): void {
    this.#over ??= { kind: 'cancelled' };
  }

  async lock(vm: VmEntry): Promise<TargetLock> {
    const lock = await this.#lock(this.#known(vm).name);
    this.#locks.add(lock);
    return {
      targetName: lock.targetName,
      fence: lock.fence,
      signal: lock.signal,
      release: async () => {
        this.#locks.delete(lock);
        await lock.release();
      },
    };
  }

  /** What the plug-in forgot to give back. */
  async releaseLocks(): Promise<void> {
    const all = [...this.#locks];
    this.#locks.clear();
    await Promise.allSettled(all.map((one) => one.release()));
  }

  /** How the plug-in said that it ended; null: not at all. */
  get over(): { readonly kind: 'completed'; readonly error: string | null } | { readonly kind: 'cancelled' } | null {
    return this.#over;
  }

  get fraction(): number {
    const done = [...this.#states.values()].filter(({ status }) => status !== 'pending' && status !== 'in-progress');
    return this.#wanted.size === 0 ? 1 : done.length / this.#wanted.size;
  }

  named(status: VmStatus): readonly string[] {
    return [...this.#states].filter(([, one]) => one.status === status).map(([name]) => name);
  }

  get message(): string {
    const busy = this.named('in-progress');
    const done = this.named('complete').length;
    return `${done} of ${this.#wanted.size} machines${busy.length > 0 ? `; now ${busy.slice(0, 3).join(', ')}` : ''}`;
  }

  /** For the task's result. */
  machines(): readonly {
    readonly vmName: string;
    readonly vmHost: string;
    readonly status: VmStatus;
    readonly error: string;
  }[] {
    return [...this.#states].map(([vmName, { host, status, error }]) => ({ vmName, vmHost: host, status, error }));
  }

  /** Machines whose end nothing was said of. */
  silent(): readonly string[] {
    const ended = ['complete', 'failed', 'cancelled'] as const;
    const told = new Set(ended.flatMap((status) => this.named(status)));
    return [...this.#wanted].filter((name) => !told.has(name));
  }

  /** Says that a machine is done, though the plug-in did not. */
  found(name: string): void {
    this.#states.set(name, { status: 'complete', host: this.#states.get(name)?.host ?? '', error: '' });
  }

  /** Says that a machine is not what the plug-in said. */
  correct(name: string, error: string): void {
    const known = this.#states.get(name);
    this.#states.set(name, { status: 'failed', host: known?.host ?? '', error });
    this.#log(`${name}: ${error}`);
  }
}
