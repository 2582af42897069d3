import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { Services } from '@atelier/plugin-kit/broker';
import type { MachineDriver } from './machine-driver.ts';
import type { MachineNow, MachineRecords } from './machine-records.ts';

const patienceMs = 60_000;

/** What plug-ins may ask of machines: the drivers of their environments do it, with what only the broker knows. */
export function powerServices(
  directory: Pick<SessionDirectory, 'target'>,
  records: MachineRecords,
  driverOf: (machine: MachineNow) => MachineDriver,
): Services {
  const find = async (targetName: string): Promise<MachineNow | null> => {
    const target = await directory.target(targetName);
    return target ? records.machine(target.id) : null;
  };
  return {
    async power(targetName, action) {
      const machine = await find(targetName);
      if (!machine) throw new Error(`${targetName} has no environment whose driver could switch it`);
      const driver = driverOf(machine);
      if (!driver.here)
        throw new Error(`${targetName} is switched on the machine of its environment ${machine.environment.name} only`);
      const signal = AbortSignal.timeout(patienceMs);
      if (action === 'soft-off') await driver.stop(machine, 'off', signal);
      if (action === 'off' || action === 'cycle') await driver.stop(machine, 'hard', signal);
      if (action === 'on' || action === 'cycle') await driver.start(machine, signal);
    },
    async powerState(targetName) {
      const machine = await find(targetName);
      return machine && driverOf(machine).here
        ? driverOf(machine).power(machine, AbortSignal.timeout(patienceMs))
        : 'unknown';
    },
  };
}
