import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { MachineNow } from './machine-records.ts';
import { answersRdp } from './probe-rdp.ts';
import { machineLease, type StartTools } from './start-machine.ts';

const leaseMs = 12_000;
const lookMs = 20_000;
const probeMs = 1500;

export interface LookTools extends Omit<StartTools, 'directory'> {
  readonly directory: StartTools['directory'] & Pick<SessionDirectory, 'testAndSetTargetState'>;
  /** Starts a machine that somebody elsewhere waits for, or that a broker died over. */
  readonly takeUp: (machine: MachineNow) => void;
}

/** Settles machines whose state nobody keeps true: their broker died over a start, people switched them off, or they went down. */
export async function lookAfterMachines(tools: LookTools, signal: AbortSignal): Promise<void> {
  for (const machine of await tools.records.unsettled()) {
    if (signal.aborted) return;
    await settle(tools, machine, AbortSignal.any([signal, AbortSignal.timeout(lookMs)])).catch((error: unknown) =>
      tools.log.warn({ err: error, target: machine.name }, 'a machine could not be looked at'),
    );
  }
}

async function settle(tools: LookTools, machine: MachineNow, signal: AbortSignal): Promise<void> {
  const { directory } = tools;
  const driver = tools.driverOf(machine);
  if (!driver.here) return;
  // Machines of a pool that are being made or thrown away are the pool's.
  if (machine.vm && machine.state === 'stopping') return;
  const lease = await directory.lease(machineLease(machine.id), leaseMs);
  if (!lease) return;
  let takeUp = false;
  try {
    const swap = (next: 'running' | 'stopped') =>
      directory.testAndSetTargetState(
        machine.id,
        next,
        machine.state as Parameters<typeof directory.testAndSetTargetState>[2],
      );
    const power = await driver.power(machine, signal);
    if (power === 'off' && !(machine.state === 'starting' && machine.taken)) {
      await swap('stopped');
      return;
    }
    const endpoints = power === 'off' ? [] : ((await driver.endpoints?.(machine, signal)) ?? machine.endpoints);
    for (const endpoint of endpoints) {
      if (!(await answersRdp(endpoint, probeMs, signal))) continue;
      await directory.setTargetEndpoints(machine.id, endpoints);
      await swap('running');
      return;
    }
    if (machine.taken) takeUp = machine.state === 'starting';
    else if (machine.state === 'starting') {
      // Whoever waited is gone, and so is the broker that would have stopped it.
      await driver.stop(machine, 'cancel', signal);
      await swap('stopped');
    } else if (power === 'unknown') await swap('stopped');
  } finally {
    await lease.release();
  }
  if (takeUp) tools.takeUp(machine);
}
