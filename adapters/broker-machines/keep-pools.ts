import type { Lease, SessionDirectory } from '@atelier/adapters/session-directory';
import { planPool, sparesAt } from '@atelier/domain/broker';
import type { ImageDisks } from './image-disks.ts';
import type { MachineDriver } from './machine-driver.ts';
import type { MachineNow, MachineRecords } from './machine-records.ts';
import type { Pool, PooledVm, PoolRecords } from './pool-records.ts';
import { machineLease } from './start-machine.ts';

/** What keeping pools needs. */
export interface PoolTools {
  readonly directory: Pick<SessionDirectory, 'lease' | 'setTargetState'>;
  readonly records: MachineRecords;
  readonly pools: PoolRecords;
  readonly images: ImageDisks;
  readonly driverOf: (machine: MachineNow) => MachineDriver;
  /** Begins to start a machine that nobody waits for yet; false when enough are starting here. */
  readonly warm: (machine: MachineNow) => boolean;
  readonly log: { warn(fields: object, text: string): void };
}

const leaseMs = 15_000;
const workMs = 60_000;

/**
 * Brings every pool nearer to what it shall be. One broker at a time looks after a pool; those on other machines take their turns, for machines that only
 * they can switch. May be ended at any point: what a machine's target says is enough to go on.
 */
export async function keepPools(
  tools: PoolTools,
  signal: AbortSignal,
  now: () => Date = () => new Date(),
): Promise<void> {
  for (const pool of await tools.pools.pools()) {
    if (signal.aborted) return;
    const lease = await tools.directory.lease(`pool/${pool.id}`, leaseMs);
    if (!lease) continue;
    await keepPool(tools, pool, AbortSignal.any([signal, lease.signal]), now())
      .catch((error: unknown) =>
        tools.log.warn({ err: error, collection: pool.name }, 'a pool could not be looked after'),
      )
      .finally(() => lease.release());
  }
}

async function keepPool(tools: PoolTools, pool: Pool, signal: AbortSignal, at: Date): Promise<void> {
  const { settings } = pool;
  const version = await tools.images.current(settings.image, settings);
  const vms = await tools.pools.vms(pool);
  const plan = planPool(vms, {
    size: settings.size,
    spares: sparesAt(settings, at),
    version,
    afterUse: settings.afterUse,
  });
  const named = (names: readonly string[]): readonly PooledVm[] => vms.filter((one) => names.includes(one.name));
  const each = async (some: readonly PooledVm[], work: (vm: PooledVm) => Promise<unknown>): Promise<void> => {
    for (const vm of some) {
      if (signal.aborted) return;
      await work(vm).catch((error: unknown) =>
        tools.log.warn({ err: error, target: vm.name }, 'a machine of a pool could not be brought where it shall be'),
      );
    }
  };
  await each(named(plan.remove), (vm) =>
    alone(tools, pool, vm, signal, async (machine, driver, patience) => {
      await driver.discard?.(machine, patience);
      await tools.pools.remove(vm.id);
    }),
  );
  await each(named(plan.renew), (vm) =>
    alone(tools, pool, vm, signal, async (machine, driver, patience) => {
      await driver.discard?.(machine, patience);
      await tools.pools.renewed(vm.id, version);
    }),
  );
  const unfinished = vms.filter(
    (one) => one.state === 'stopping' && !plan.remove.includes(one.name) && !plan.renew.includes(one.name),
  );
  await each([...named(plan.stop), ...unfinished], (vm) =>
    alone(tools, pool, vm, signal, async (machine, driver, patience) => {
      await driver.stop(machine, 'off', patience);
      await tools.directory.setTargetState(vm.id, 'stopped');
    }),
  );
  const starting: string[] = named(plan.start).map((one) => one.id);
  for (let n = 0; n < plan.add; n++) {
    const id = await tools.pools.add(pool, version);
    if (id === null) break;
    starting.push(id);
  }
  for (const id of starting) {
    const machine = await tools.records.machine(id);
    if (machine && tools.driverOf(machine).here && !tools.warm(machine)) break;
  }
}

/** Works on a machine that nobody is on and nobody else works on. */
async function alone(
  { directory, records, pools, driverOf }: PoolTools,
  pool: Pool,
  vm: PooledVm,
  signal: AbortSignal,
  work: (machine: MachineNow, driver: MachineDriver, patience: AbortSignal) => Promise<void>,
): Promise<void> {
  const machine = await records.machine(vm.id);
  if (!machine) return;
  const driver = driverOf(machine);
  if (!driver.here) return;
  const lease: Lease | null = await directory.lease(machineLease(vm.id), leaseMs);
  if (!lease) return;
  try {
    const patience = AbortSignal.any([signal, lease.signal, AbortSignal.timeout(workMs)]);
    if (vm.owned && vm.state !== 'stopping') return;
    if (await pools.reserve(pool, vm.id)) await work(machine, driver, patience);
  } finally {
    await lease.release();
  }
}
