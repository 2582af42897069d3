import { readFile, stat } from 'node:fs/promises';
import { ask, openLanTransport } from '@atelier/adapters/bmc';
import { environmentSettings } from '@atelier/domain/broker';
import { chassisControl, getChassisStatus, type PowerAction, readChassisStatus } from '@atelier/ipmi';
import type { OwnParts } from '../driver-parts.ts';
import { finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import type { MachineDriver } from '../machine-driver.ts';

async function passwordIn(path: string): Promise<string> {
  const { mode } = await stat(path);
  if (mode & 0o077) throw new Error(`others can read ${path}: chmod 600 it`);
  const text = await readFile(path, 'utf8');
  return text.split('\n')[0]!.replace(/\r$/, '');
}

/** Machines with a management controller, at the address that the target's property `bmc` says (`bmcPort`: its UDP port). */
export function ipmiDriver(given: unknown, parts: Pick<OwnParts, 'secret'>): MachineDriver {
  const settings = environmentSettings.ipmi.parse(given);
  const passwordOf = async (): Promise<string> => {
    const kept = await parts.secret('password');
    if (kept !== undefined) return kept;
    if (settings.passwordFile !== undefined) return passwordIn(settings.passwordFile);
    throw new Error('there is no password: keep one with "atelier environment secret NAME password"');
  };
  const withController = async <Result>(
    { name, properties }: Machine,
    signal: AbortSignal,
    work: (transport: Awaited<ReturnType<typeof openLanTransport>>) => Promise<Result>,
  ): Promise<Result> => {
    const host = String(properties.bmc ?? '');
    if (host === '') throw new Error(`the target ${name} has no property bmc: set it to the address of its controller`);
    const password = await passwordOf();
    const port = Number(properties.bmcPort ?? settings.port);
    const transport = await openLanTransport(
      { host, port, user: settings.user, password, privilege: 'operator' },
      signal,
    );
    try {
      return await work(transport);
    } finally {
      await transport.close();
    }
  };
  const order = (machine: Machine, action: PowerAction, signal: AbortSignal): Promise<void> =>
    withController(machine, signal, async (transport) => {
      await ask(transport, chassisControl(action), `switching ${machine.name}`, signal);
    });
  return {
    here: true,
    check: async () => [await finding('password', async () => ((await passwordOf()) === '' ? 'is empty' : 'is there'))],
    power: (machine, signal) =>
      withController(
        machine,
        signal,
        async (transport) =>
          readChassisStatus(await ask(transport, getChassisStatus, `asking about ${machine.name}`, signal)).power,
      ),
    start: (machine, signal) => order(machine, 'on', signal),
    // Its operating system is asked, unless somebody wants it otherwise: what somebody has open there matters more than the current.
    stop: (machine, why, signal) => order(machine, why === 'hard' ? 'off' : 'shutdown', signal),
  };
}
