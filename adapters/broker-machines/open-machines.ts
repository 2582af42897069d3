import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import type { Orchestration, Services } from '@atelier/plugin-kit/broker';
import type { DriverParts } from './driver-parts.ts';
import { keepPools } from './keep-pools.ts';
import type { LayerBase } from './layer-bases.ts';
import { lookAfterMachines } from './look-after-machines.ts';
import type { MachineEnvironment } from './machine.ts';
import type { MachineDriver } from './machine-driver.ts';
import { machineOrchestration } from './machine-orchestration.ts';
import { type MachineNow, machineRecords } from './machine-records.ts';
import { openDriver } from './open-driver.ts';
import { poolRecords } from './pool-records.ts';
import { powerServices } from './power-services.ts';
import { StartBook } from './start-book.ts';
import { orphanWatch } from './stop-orphans.ts';
import { answerEnvironmentTest } from './test-environment.ts';

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
  /** Answers whether an environment's machines can be switched from here, if this broker is the one to do so. */
  testEnvironment(testId: string): Promise<void>;
  /** Versions of images that the pools are at now, as far as that can be found out. */
  wantedVersions(): Promise<readonly LayerBase[]>;
  stop(): Promise<void>;
}

/** Machines that nobody waits for yet are started so many at a time. */
const mostWarming = 2;

/** Machines without a target are looked for in every so many rounds. */
const orphanRounds = 4;

const noSink = { report: () => undefined };

/** Opens the machines of a broker, and begins to look after them. */
export function openMachines(options: MachinesOptions): Machines {
  const { database, directory, log, folder, images, secret } = options;
  const records = machineRecords(database);
  const opened = new Map<string, MachineDriver>();
  const open = (environment: MachineEnvironment): MachineDriver => {
    const { name, driver, settings } = environment;
    const key = JSON.stringify([name, driver, settings]);
    const found = opened.get(key) ?? openDriver(environment, { folder, images, secret });
    if (opened.size > 1000) opened.clear();
    opened.set(key, found);
    return found;
  };
  const driverOf = ({ environment }: MachineNow): MachineDriver => open(environment);
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
  const orphans = orphanWatch(open({ name: '', driver: 'qemu', settings: {} }), records, log);
  let rest = 0;
  const round = async (): Promise<void> => {
    if (rest++ % orphanRounds === 0) await orphans(stopping.signal);
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
    testEnvironment: (testId) => answerEnvironmentTest({ database, records, open }, testId),
    async wantedVersions() {
      const found = await Promise.allSettled(
        (await pools.pools()).map(async ({ settings: { image, ...wanted } }) => ({
          image,
          version: await images.current(image, wanted),
        })),
      );
      return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    },
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
