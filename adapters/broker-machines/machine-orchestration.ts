import type { Orchestration } from '@atelier/plugin-kit/broker';
import type { MachineRecords } from './machine-records.ts';
import type { StartBook } from './start-book.ts';

/** The orchestration that comes with the broker: starts targets whose environment has a driver, and leaves all others to the next. */
export const machineOrchestration = (records: MachineRecords, book: StartBook): Orchestration => ({
  async prepareTargetForConnect(connection, target, sink) {
    if (target.state === 'running') return undefined;
    const machine = await records.machine(target.id);
    if (!machine) return undefined;
    const { userId, signal } = connection;
    const endpoints = await book.join(machine, { userId, sink, signal });
    return { targetName: target.name, endpoints };
  },
});
