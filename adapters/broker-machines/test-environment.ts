import { hostname } from 'node:os';
import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { isEnvironmentDriver } from '@atelier/domain/broker';
import type { Finding } from './finding.ts';
import type { MachineEnvironment } from './machine.ts';
import type { MachineDriver } from './machine-driver.ts';
import type { MachineRecords } from './machine-records.ts';

export interface TestTools {
  readonly database: Pick<DatabaseHandle, 'db'>;
  readonly records: MachineRecords;
  readonly open: (environment: MachineEnvironment) => MachineDriver;
}

const patienceMs = 20_000;
const mostMachines = 20;

/**
 * Answers a question of `broker_environment_test`, unless another broker does or only one on another machine can: whether the machines of an environment
 * can be switched from here. Switches none.
 */
export async function answerEnvironmentTest(tools: TestTools, testId: string): Promise<void> {
  const { db } = tools.database;
  const row = await db
    .selectFrom('broker_environment_test as test')
    .innerJoin('broker_environment as environment', 'environment.name', 'test.environment')
    .select(['environment.name', 'environment.driver', 'environment.settings'])
    .where('test.id', '=', testId)
    .where('test.broker', 'is', null)
    .executeTakeFirst();
  if (!row || !isEnvironmentDriver(row.driver)) return;
  const driver = opened(() => tools.open(row));
  if (!(driver instanceof Error) && !driver.here) return;
  const taken = await db
    .updateTable('broker_environment_test')
    .set({ broker: hostname() })
    .where('id', '=', testId)
    .where('broker', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!taken) return;
  const findings =
    driver instanceof Error
      ? [{ what: 'settings', ok: false, detail: driver.message }]
      : await look(tools, row.name, driver, AbortSignal.timeout(patienceMs));
  await db
    .updateTable('broker_environment_test')
    .set({ findings: JSON.stringify(findings), done_at: new Date() })
    .where('id', '=', testId)
    .execute();
}

function opened(open: () => MachineDriver): MachineDriver | Error {
  try {
    return open();
  } catch (error) {
    return error as Error;
  }
}

async function look(
  { records }: TestTools,
  environment: string,
  driver: MachineDriver,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const failed = (what: string) => (error: unknown) => ({ what, ok: false, detail: (error as Error).message });
  const findings: Finding[] = [...(await driver.check(signal).catch((error: unknown) => [failed('driver')(error)]))];
  // What cannot be reached at all is not asked about each machine.
  if (findings.some((one) => !one.ok)) return findings;
  const machines = await records.inEnvironment(environment, mostMachines);
  const powers = await Promise.all(
    machines.map((machine) =>
      driver
        .power(machine, signal)
        .then((power) => ({ what: machine.name, ok: true, detail: `is ${power}` }))
        .catch(failed(machine.name)),
    ),
  );
  return [...findings, ...powers];
}
