import { targetEndpointSchema } from '@atelier/domain/broker';
import { z } from 'zod';
import type { Machine } from '../machine.ts';
import type { MachineDriver, Power } from '../machine-driver.ts';
import { runProgram } from '../run-program.ts';

const settingsSchema = z.object({
  /** The administrator's program, on the broker's machine. It gets `power`, `start`, `cancel`, `off`, `hard` or `endpoints`, then the target's name. */
  program: z.string().startsWith('/').max(1000),
  timeoutSeconds: z.number().int().min(1).max(600).default(60),
  /** It also answers `endpoints`, with a JSON list such as [{"address": "10.0.0.7", "port": 3389}]. */
  tellsEndpoints: z.boolean().default(false),
});

const endpointsSchema = z.array(targetEndpointSchema).max(12);

/** Machines that a program of the administrator's switches: other hypervisors, clouds, sockets with a switch. */
export function commandDriver(given: unknown): MachineDriver {
  const { program, timeoutSeconds, tellsEndpoints } = settingsSchema.parse(given);
  const run = (word: string, { name, properties }: Machine, signal: AbortSignal): Promise<string> =>
    runProgram(program, [word, name], {
      timeoutMs: timeoutSeconds * 1000,
      signal,
      env: { ATELIER_TARGET: name, ATELIER_PROPERTIES: JSON.stringify(properties) },
    });
  return {
    here: true,
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
