import { setTimeout as pause } from 'node:timers/promises';
import type { Lease, SessionDirectory } from '@atelier/adapters/session-directory';
import type { TargetEndpoint } from '@atelier/domain/broker';
import { type ClientStatus, isSbError, SbError } from '@atelier/plugin-kit/broker';
import type { MachineDriver } from './machine-driver.ts';
import type { MachineNow, MachineRecords } from './machine-records.ts';
import { answersRdp } from './probe-rdp.ts';

/** What starting a machine needs. */
export interface StartTools {
  readonly directory: Pick<SessionDirectory, 'lease' | 'target' | 'setTargetState' | 'setTargetEndpoints'>;
  readonly records: MachineRecords;
  readonly driverOf: (machine: MachineNow) => MachineDriver;
  readonly log: { warn(fields: object, text: string): void };
}

/** One start, of all who wait for it in this process. */
export interface MachineStart {
  readonly machine: MachineNow;
  /** Aborted when nobody here waits any more. */
  readonly signal: AbortSignal;
  readonly report: (status: ClientStatus, text: string) => void;
  /** Ids of users who gave up. */
  readonly leavers: ReadonlySet<string>;
}

/** The lease that whoever switches a machine holds. */
export const machineLease = (targetId: string): string => `machine/${targetId}`;
const leaseMs = 12_000;
const lookEveryMs = 500;
const probeMs = 1500;
/** How often something that may get lost is sent anew, and the power is looked at. */
const againEveryMs = 5000;
const stopMs = 30_000;

/**
 * Starts a machine and waits until it answers; gives where. One broker does it at a time, under a lease; the others wait for what becomes of it, and go on
 * where it left off when it died. Rejects with an `SbError`: `vm-wake`, `vm-boot`, `vm-boot-timeout`.
 */
export async function startMachine(tools: StartTools, start: MachineStart): Promise<readonly TargetEndpoint[]> {
  const { machine, signal, report } = start;
  const deadline = performance.now() + machine.startSeconds * 1000;
  for (;;) {
    const target = await tools.directory.target(machine.name);
    if (!target) throw new SbError('no-target', `the target ${machine.name} was removed`);
    if (target.state === 'running') return target.endpoints;
    if (performance.now() > deadline) throw late(machine);
    const lease = tools.driverOf(machine).here ? await tools.directory.lease(machineLease(machine.id), leaseMs) : null;
    if (lease) {
      const done = await withLease(tools, start, lease, deadline);
      if (done) return done;
      continue;
    }
    if (!tools.driverOf(machine).here && target.state !== 'starting')
      // The broker on its machine takes it up.
      await tools.directory.setTargetState(machine.id, 'starting');
    report('vm-booting', `${machine.name} is starting`);
    await pause(lookEveryMs, undefined, { signal });
  }
}

const late = ({ name, startSeconds }: MachineNow): SbError =>
  new SbError('vm-boot-timeout', `${name} did not answer within ${startSeconds} s`);

/** Null when the lease was lost: another broker goes on. */
async function withLease(
  tools: StartTools,
  start: MachineStart,
  lease: Lease,
  deadline: number,
): Promise<readonly TargetEndpoint[] | null> {
  const { machine } = start;
  const { directory } = tools;
  const signal = AbortSignal.any([start.signal, lease.signal]);
  try {
    const endpoints = await bringUp(tools, start, signal, deadline);
    await directory.setTargetEndpoints(machine.id, endpoints);
    await directory.setTargetState(machine.id, 'running');
    return endpoints;
  } catch (error) {
    if (lease.signal.aborted) return null;
    if (start.signal.aborted) await giveUp(tools, start);
    else await fail(tools, machine, error);
    throw error;
  } finally {
    await lease.release().catch(() => undefined);
  }
}

async function bringUp(
  { directory, driverOf }: StartTools,
  { machine, report }: MachineStart,
  signal: AbortSignal,
  deadline: number,
): Promise<readonly TargetEndpoint[]> {
  const driver = driverOf(machine);
  const target = await directory.target(machine.name);
  if (target?.state === 'running') return target.endpoints;
  await directory.setTargetState(machine.id, 'starting');
  report('vm-waking', `Starting ${machine.name}`);
  try {
    if ((await driver.power(machine, signal)) !== 'on') await driver.start(machine, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new SbError('vm-wake', `${machine.name} could not be started: ${(cause as Error).message}`, { cause });
  }
  report('vm-booting', `${machine.name} is starting`);
  let again = performance.now() + againEveryMs;
  while (performance.now() < deadline) {
    const endpoints = (await driver.endpoints?.(machine, signal)) ?? machine.endpoints;
    for (const endpoint of endpoints) if (await answersRdp(endpoint, probeMs, signal)) return endpoints;
    signal.throwIfAborted();
    if (performance.now() > again) {
      again = performance.now() + againEveryMs;
      if ((await driver.power(machine, signal)) === 'off')
        throw new SbError('vm-boot', `${machine.name} switched itself off while it started`);
      await driver.again?.(machine, signal);
    }
    await pause(lookEveryMs, undefined, { signal });
  }
  throw late(machine);
}

/** Nobody here waits any more: the start is stopped, unless somebody waits at another broker, which then goes on with it. */
async function giveUp(
  { records, driverOf, directory, log }: StartTools,
  { machine, leavers }: MachineStart,
): Promise<void> {
  try {
    if (await records.isWanted(machine.id, [...leavers])) return;
    await driverOf(machine).stop(machine, 'cancel', AbortSignal.timeout(stopMs));
    await directory.setTargetState(machine.id, 'stopped');
  } catch (error) {
    log.warn({ err: error, target: machine.name }, 'a start that nobody waits for could not be stopped');
  }
}

async function fail({ driverOf, directory, log }: StartTools, machine: MachineNow, error: unknown): Promise<void> {
  const why = (error as Error).message;
  log.warn({ err: error, target: machine.name }, 'a machine did not start');
  try {
    // One that hangs would hang again for the next who comes.
    if (isSbError(error) && error.code === 'vm-boot-timeout')
      await driverOf(machine).stop(machine, 'cancel', AbortSignal.timeout(stopMs));
  } catch (cause) {
    log.warn({ err: cause, target: machine.name }, 'a machine that hangs could not be switched off');
  }
  await directory.setTargetState(machine.id, 'stopped', why).catch(() => undefined);
}
