import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import type { Orchestration, Services } from '@atelier/plugin-kit/broker';
import { keepPools } from './keep-pools.ts';
import { lookAfterMachines } from './look-after-machines.ts';
import type { MachineDriver } from './machine-driver.ts';
import { machineOrchestration } from './machine-orchestration.ts';
import { type MachineNow, machineRecords } from './machine-records.ts';
import { type DriverParts, openDriver } from './open-driver.ts';
import { poolRecords } from './pool-records.ts';
import { powerServices } from './power-services.ts';
import { StartBook } from './start-book.ts';

export interface MachinesOptions extends DriverParts {
  readonly database: DatabaseHandle;
  readonly directory: SessionDirectory;
  readonly log: { warn(fields: object, text: string): void };
  /** Milliseconds between looks at machines that need one; 3000 unless told. */
  readonly roundMs?: number;
}

/** The machines of a broker: started for whoever waits, and looked after. */
export interface Machines extends Orchestration {
  /** Makes room in a collection whose machines we make: false when there is none to be had. */
  grow(collection: Collection): Promise<boolean>;
  /** For plug-ins. */
  readonly services: Services;
  stop(): Promise<void>;
}

/** Machines that nobody waits for yet are started so many at a time. */
const mostWarming = 2;

const noSink = { report: () => undefined };

/** Opens the machines of a broker, and begins to look after them. */
export function openMachines(options: MachinesOptions): Machines {
  const { database, directory, log, folder, images } = options;
  const records = machineRecords(database);
  const opened = new Map<string, MachineDriver>();
  const driverOf = ({ environment }: MachineNow): MachineDriver => {
    const key = JSON.stringify(environment);
    const driver = opened.get(key) ?? openDriver(environment, { folder, images });
    if (opened.size > 1000) opened.clear();
    opened.set(key, driver);
    return driver;
  };
  const tools = { directory, records, driverOf, log };
  const book = new StartBook(tools);
  const stopping = new AbortController();
  const takeUp = (machine: MachineNow): void => {
    const waited = new AbortController();
    const watch = setInterval(() => {
      records.isWanted(machine.id, []).then(
        (wanted) => wanted || waited.abort(new Error('nobody waits for the machine any more')),
        () => undefined,
      );
    }, 1000);
    watch.unref();
    book
      .join(machine, { userId: '', sink: noSink, signal: waited.signal })
      .catch(() => undefined)
      .finally(() => clearInterval(watch));
  };
  const pools = poolRecords(database);
  let warming = 0;
  const warm = (machine: MachineNow): boolean => {
    if (warming >= mostWarming) return false;
    warming += 1;
    book
      .join(machine, { userId: '', sink: noSink, signal: AbortSignal.timeout(machine.startSeconds * 1000) })
      .catch(() => undefined)
      .finally(() => {
        warming -= 1;
      });
    return true;
  };
  const round = async (): Promise<void> => {
    await lookAfterMachines({ ...tools, takeUp }, stopping.signal);
    await keepPools({ ...tools, pools, images, warm }, stopping.signal);
  };
  const rounds = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => {
        if (!stopping.signal.aborted) log.warn({ err: error }, 'machines could not be looked after this time');
      });
      await pause(options.roundMs ?? 3000, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  const done = rounds();
  return {
    ...machineOrchestration(records, book),
    services: powerServices(directory, records, driverOf),
    async grow({ id, kind }) {
      if (kind !== 'pooled-vms' && kind !== 'personal-vms') return false;
      const pool = await pools.pool(id);
      return (
        pool !== null && (await pools.add(pool, await images.current(pool.settings.image, pool.settings))) !== null
      );
    },
    async stop() {
      stopping.abort();
      await done;
      await book.stop();
    },
  };
}
