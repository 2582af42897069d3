import type { BrokerPlugin } from '../src/broker-plugin.ts';
import type { Provisioning, ProvisioningSink } from '../src/provisioning.ts';
import { type JobOutcome, type MachineJob, runMachineJob } from '../work/index.ts';
import { memoryMachines } from './memory-machines.ts';
import type { MemoryStore } from './memory-provider.ts';

/** What a job came to. */
export interface JobTrial {
  readonly outcome: JobOutcome;
  /** What an administrator reads in the task's log. */
  readonly log: readonly string[];
  /** What the progress bar showed, one after the other: 0 to 1, and a line of text. */
  readonly progress: readonly (readonly [number, string])[];
  /** Machines that the plug-in locked, in that order. */
  readonly locked: readonly string[];
  /** What the plug-in told and the broker could not understand. */
  readonly nonsense: readonly string[];
}

export interface RunJobOptions {
  /** The name under which the plug-in owns targets: that of its provider; `test` unless it is given. */
  readonly provider?: string;
  /** A person cancels the job: aborted, the plug-in's `cancelJob` is called. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the plug-in then has to end; a broker gives 30,000. */
  readonly cancelMs?: number;
  /** Called for each sign of progress. */
  readonly told?: (message: string) => void;
}

let jobs = 0;

/**
 * Has a plug-in create, patch or delete machines of the collection `office`, as a broker does: what is done already is left out, machines that somebody
 * is on cannot be locked, and what it says is compared with the store. Rejects when the plug-in lacks one of the four methods of provisioning.
 */
export async function runJob(
  plugin: BrokerPlugin,
  store: MemoryStore,
  job: Pick<MachineJob, 'what' | 'vmNames'> & Partial<MachineJob> & { readonly id?: string },
  { provider = 'test', signal = new AbortController().signal, cancelMs = 2000, told }: RunJobOptions = {},
): Promise<JobTrial> {
  const { createVirtualMachines, patchVirtualMachines, deleteVirtualMachines, cancelJob } = plugin;
  if (!createVirtualMachines || !patchVirtualMachines || !deleteVirtualMachines || !cancelJob)
    throw new Error('a plug-in that makes machines has all four methods of provisioning');
  const log: string[] = [];
  const progress: (readonly [number, string])[] = [];
  const locked: string[] = [];
  const nonsense: string[] = [];
  const watched = (sink: ProvisioningSink): ProvisioningSink => {
    const tell =
      <Given extends unknown[]>(method: (...given: Given) => void) =>
      (...given: Given): void => {
        try {
          method(...given);
        } catch (error) {
          nonsense.push((error as Error).message);
          throw error;
        }
      };
    return {
      onJobCreated: tell(sink.onJobCreated),
      onVirtualMachineStatusChanged: tell(sink.onVirtualMachineStatusChanged),
      onVirtualMachineHostStatusChanged: tell(sink.onVirtualMachineHostStatusChanged),
      onJobCompleted: sink.onJobCompleted,
      onJobCancelled: sink.onJobCancelled,
      lockVirtualMachine: async (vm) => {
        const lock = await sink.lockVirtualMachine(vm);
        locked.push(lock.targetName);
        return lock;
      },
    };
  };
  const methods: Provisioning = {
    createVirtualMachines: (given, sink) => createVirtualMachines.call(plugin, given, watched(sink)),
    patchVirtualMachines: (given, sink) => patchVirtualMachines.call(plugin, given, watched(sink)),
    deleteVirtualMachines: (given, sink) => deleteVirtualMachines.call(plugin, given, watched(sink)),
    cancelJob: (id) => cancelJob.call(plugin, id),
  };
  const nothing = (): void => {};
  const { id = `job-${++jobs}`, collection = 'office', image = null, settings = {} } = job;
  const outcome = await runMachineJob(
    { name: plugin.name, provider, methods, hold: () => nothing, checkAlive: nothing, reset: nothing },
    id,
    { what: job.what, vmNames: job.vmNames, collectionId: job.collectionId ?? collection, collection, image, settings },
    {
      locks: memoryMachines(store),
      log: (line) => log.push(line),
      progress: (fraction, message) => {
        progress.push([fraction, message]);
        told?.(message);
      },
      signal,
      cancelMs: () => cancelMs,
    },
  );
  return { outcome, log, progress, locked, nonsense };
}
