// A plug-in to begin with that makes machines and does tasks: name it as `main` in plugin.json. What is yours to write is `make`, `renew`, `unmake` and
// `maintain`; the rest keeps to what a broker expects, and may stay as it is.
import type {
  BrokerPlugin,
  Provider,
  ProvisioningJob,
  ProvisioningSink,
  TaskInfo,
  TaskPluginNotifySink,
} from '@atelier/plugin-kit/broker';

export function createPlugin(settings: Provider['settings']): BrokerPlugin {
  const vmHost = String(settings.host ?? 'rack-1');
  let broker: Provider;

  /** May find half of it done: a job that was interrupted is started again. What is a target already is not asked for again, so add it last. */
  const make = async (name: string, { collection, image }: ProvisioningJob): Promise<void> => {
    const properties = { image: image ? `${image.name}:${image.version}` : '' };
    await broker.resourceStore.addTarget({ name, collection, kind: 'virtual-machine', state: 'stopped', properties });
  };
  const renew = async (name: string, { image }: ProvisioningJob): Promise<void> => {
    await broker.resourceStore.setTargetProperty(name, 'image', image ? `${image.name}:${image.version}` : '');
  };
  const unmake = (name: string): Promise<void> => broker.resourceStore.deleteTarget(name);

  const jobs = new Map<string, AbortController>();
  const each = async (
    job: ProvisioningJob,
    sink: ProvisioningSink,
    work: (name: string, job: ProvisioningJob, signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    const cancel = new AbortController();
    jobs.set(job.id, cancel);
    const vms = job.vmNames.map((vmName) => ({ vmName, vmHost }));
    sink.onJobCreated(vms);
    for (const vm of vms) {
      if (cancel.signal.aborted) break;
      sink.onVirtualMachineStatusChanged(vm, 'in-progress');
      try {
        // Rejects when somebody is on the machine: it stays as it is, and the others go on.
        const lock = await sink.lockVirtualMachine(vm);
        await work(vm.vmName, job, AbortSignal.any([cancel.signal, lock.signal])).finally(() => lock.release());
        sink.onVirtualMachineStatusChanged(vm, 'complete');
      } catch (error) {
        sink.onVirtualMachineStatusChanged(vm, 'failed', (error as Error).message);
      }
    }
    jobs.delete(job.id);
    if (cancel.signal.aborted) sink.onJobCancelled();
    else sink.onJobCompleted();
  };

  let sink: TaskPluginNotifySink;
  /** What is in the queues, also when it has ended: a task of that time is not begun again. */
  const known = new Map<string, { readonly host: string; readonly end: AbortController }>();
  const keyOf = (task: TaskInfo): string => `${task.targetName} ${task.identifier} ${task.startTime.getTime()}`;
  const maintain = async ({ targetName }: TaskInfo, _signal: AbortSignal): Promise<string> => {
    const target = await broker.globalStore.queryTarget(targetName);
    if (!target) throw new Error(`${targetName} is gone`);
    return `it is ${target.state}`;
  };
  const perform = async (task: TaskInfo, signal: AbortSignal): Promise<void> => {
    const tell = (status: TaskInfo['status'], detail?: string): void => {
      if (!signal.aborted) sink.onUpdateTaskStatus(task.targetName, task.identifier, status, detail);
    };
    tell('applying');
    await maintain(task, signal).then(
      (detail) => tell('success', detail),
      (error: Error) => tell('failed', error.message),
    );
  };

  return {
    name: 'machines-and-tasks',
    initialize(provider) {
      broker = provider;
    },

    createVirtualMachines: (job, progress) => each(job, progress, make),
    patchVirtualMachines: (job, progress) => each(job, progress, renew),
    deleteVirtualMachines: (job, progress) => each(job, progress, unmake),
    async cancelJob(id) {
      jobs.get(id)?.abort(new Error('a person cancelled it'));
    },

    /** The place to plan tasks of your own by `given.onSetTaskTime`; people plan some, too. */
    initializeTaskPlugin(given) {
      sink = given;
    },
    /** All that is to be done on the host now: begins what is new in it, ends what is gone from it, and waits for nothing. */
    setTaskQueue(host, tasks) {
      const wanted = new Set(tasks.map(keyOf));
      for (const [key, one] of known)
        if (one.host === host && !wanted.has(key)) {
          known.delete(key);
          one.end.abort(new Error('it was cancelled'));
        }
      for (const task of tasks.filter((one) => !known.has(keyOf(one)))) {
        const end = new AbortController();
        known.set(keyOf(task), { host, end });
        void perform(task, end.signal);
      }
    },
  };
}
