import type { BrokerPlugin, Provider, ProvisioningJob, ProvisioningSink } from '@atelier/plugin-kit/broker';
import { type InventoryRow, readInventory } from './read-inventory.ts';

type Machines = Required<
  Pick<BrokerPlugin, 'createVirtualMachines' | 'patchVirtualMachines' | 'deleteVirtualMachines' | 'cancelJob'>
>;

/** What is on the list becomes targets, follows it, and goes: computers stay what they are. */
export function keepMachines(broker: () => Provider, file: string): Machines {
  const jobs = new Map<string, AbortController>();
  const facts = ({ address, port, environment, properties }: InventoryRow) => ({
    environment,
    endpoints: [{ address, port }],
    properties,
  });

  const add = async ({ name, ...row }: InventoryRow, { collection }: ProvisioningJob): Promise<void> => {
    // Asleep or not: who can be woken is woken when somebody comes.
    const state = row.environment === '' ? ('unknown' as const) : ('stopped' as const);
    const kind = 'physical-pc' as const;
    await broker().resourceStore.addTarget({
      name,
      collection,
      kind,
      state,
      singleSession: true,
      ...facts({ name, ...row }),
    });
  };
  const renew = async (row: InventoryRow): Promise<void> => {
    const { resourceStore } = broker();
    for (let attempt = 1; ; attempt++) {
      const target = await resourceStore.queryTarget(row.name);
      if (!target) return;
      const { environment, endpoints, properties } = facts(row);
      try {
        await resourceStore.saveTarget({
          ...target,
          environment,
          endpoints,
          properties: { ...target.properties, ...properties },
        });
        return;
      } catch (error) {
        // Somebody else changed it meanwhile: what they wrote is read, and stays.
        if ((error as { readonly code?: unknown }).code !== 'sync-conflict' || attempt === 10) throw error;
      }
    }
  };

  const each = async (
    job: ProvisioningJob,
    sink: ProvisioningSink,
    work: (name: string, rows: ReadonlyMap<string, InventoryRow>) => Promise<void>,
    rows: ReadonlyMap<string, InventoryRow>,
  ): Promise<void> => {
    const cancel = new AbortController();
    jobs.set(job.id, cancel);
    const vms = job.vmNames.map((vmName) => ({ vmName, vmHost: rows.get(vmName.toLowerCase())?.environment ?? '' }));
    sink.onJobCreated(vms);
    for (const vm of vms) {
      if (cancel.signal.aborted) break;
      sink.onVirtualMachineStatusChanged(vm, 'in-progress');
      try {
        const lock = await sink.lockVirtualMachine(vm);
        await work(vm.vmName, rows).finally(() => lock.release());
        sink.onVirtualMachineStatusChanged(vm, 'complete');
      } catch (error) {
        sink.onVirtualMachineStatusChanged(vm, 'failed', (error as Error).message);
      }
    }
    jobs.delete(job.id);
    if (cancel.signal.aborted) sink.onJobCancelled();
    else sink.onJobCompleted();
  };
  const listed = (name: string, rows: ReadonlyMap<string, InventoryRow>): InventoryRow => {
    const row = rows.get(name.toLowerCase());
    if (!row) throw new Error(`${name} is not on the list ${file}`);
    return { ...row, name };
  };

  return {
    createVirtualMachines: async (job, sink) =>
      each(job, sink, (name, rows) => add(listed(name, rows), job), await readInventory(file)),
    patchVirtualMachines: async (job, sink) =>
      each(job, sink, (name, rows) => renew(listed(name, rows)), await readInventory(file)),
    // Also what is on the list no more.
    deleteVirtualMachines: (job, sink) =>
      each(job, sink, (name) => broker().resourceStore.deleteTarget(name), new Map()),
    cancelJob: async (id) => jobs.get(id)?.abort(new Error('a person cancelled it')),
  };
}
