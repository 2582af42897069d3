import { readFile, stat } from 'node:fs/promises';
import { ask, openLanTransport } from '@atelier/adapters/bmc';
import { chassisControl, getChassisStatus, type PowerAction, readChassisStatus } from '@atelier/ipmi';
import { z } from 'zod';
import type { Machine } from '../machine.ts';
import type { MachineDriver } from '../machine-driver.ts';

const settingsSchema = z.object({
  user: z.string().min(1).max(64),
  /** A file with the password on one line, on the broker's machine, that only the broker's user may read. */
  passwordFile: z.string().startsWith('/').max(1000),
  port: z.number().int().min(1).max(65_535).default(623),
});

async function passwordOf(path: string): Promise<string> {
  const { mode } = await stat(path);
  if (mode & 0o077) throw new Error(`others can read ${path}: chmod 600 it`);
  const text = await readFile(path, 'utf8');
  return text.split('\n')[0]!.replace(/\r$/, '');
}

/** Machines with a management controller, at the address that the target's property `bmc` says (`bmcPort`: its UDP port). */
export function ipmiDriver(given: unknown): MachineDriver {
  const settings = settingsSchema.parse(given);
  const withController = async <Result>(
    { name, properties }: Machine,
    signal: AbortSignal,
    work: (transport: Awaited<ReturnType<typeof openLanTransport>>) => Promise<Result>,
  ): Promise<Result> => {
    const host = String(properties.bmc ?? '');
    if (host === '') throw new Error(`the target ${name} has no property bmc: set it to the address of its controller`);
    const password = await passwordOf(settings.passwordFile);
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
