import { access, constants } from 'node:fs/promises';
import { environmentSettings, targetEndpointSchema } from '@atelier/domain/broker';
import { z } from 'zod';
import type { OwnParts } from '../driver-parts.ts';
import { finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import type { MachineDriver, Power } from '../machine-driver.ts';
import { runProgram } from '../run-program.ts';

const endpointsSchema = z.array(targetEndpointSchema).max(12);

/** Machines that a program of the administrator's switches: other hypervisors, clouds, sockets with a switch. */
export function commandDriver(given: unknown, parts: Pick<OwnParts, 'secret'>): MachineDriver {
  const { program, timeoutSeconds, tellsEndpoints } = environmentSettings.command.parse(given);
  const run = async (word: string, { name, properties }: Machine, signal: AbortSignal): Promise<string> =>
    runProgram(program, [word, name], {
      timeoutMs: timeoutSeconds * 1000,
      signal,
      input: await parts.secret('input'),
      env: { ATELIER_TARGET: name, ATELIER_PROPERTIES: JSON.stringify(properties) },
    });
  return {
    here: true,
    check: async () => [
      await finding('program', async () => {
        await access(program, constants.X_OK);
        return `${program} can be run`;
      }),
    ],
    async power(machine, signal) {
      const said = (await run('power', machine, signal)).trim();
      return said === 'on' || said === 'off' ? said : ('unknown' satisfies Power);
    },
    start: async (machine, signal) => void (await run('start', machine, signal)),
    stop: async (machine, why, signal) => void (await run(why, machine, signal)),
    ...(tellsEndpoints
      ? {
          endpoints: async (machine: Machine, signal: AbortSignal) =>
            endpointsSchema.parse(JSON.parse(await run('endpoints', machine, signal))),
        }
      : {}),
  };
}
