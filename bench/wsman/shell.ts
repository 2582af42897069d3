import type { Session } from '@atelier/adapters/winrm-client';
import { cpuMs } from './process-figures.ts';

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Times of commands in one shell. */
export interface ShellFigures {
  /** Milliseconds from asking for a command until its exit code is there. */
  readonly roundTrip: number;
  readonly roundTripP99: number;
  /** Processor time of server and command per round trip, in milliseconds. */
  readonly roundTripCpu: number;
  /** Milliseconds from asking for a command until its first output is there. */
  readonly firstOutput: number;
  readonly firstOutputP95: number;
  /** Output of a command, in MB (10^6) per second. */
  readonly outputRate: number;
  /** Processor time of the server per MB of output, in milliseconds. */
  readonly outputCpu: number;
}

/** Measures commands over one session to the server with this process id. */
export async function measureShell(session: Session, pid: number): Promise<ShellFigures> {
  const shell = await session.shell();
  try {
    for (let n = 0; n < 10; n++) await shell.run('true');
    const trips: number[] = [];
    const cpuBefore = cpuMs(pid, true);
    for (let n = 0; n < 100; n++) {
      const began = performance.now();
      const { exitCode } = await shell.run('echo done');
      if (exitCode !== 0) throw new Error(`a command ended with ${exitCode}`);
      trips.push(performance.now() - began);
    }
    const roundTripCpu = (cpuMs(pid, true) - cpuBefore) / trips.length;
    const firsts: number[] = [];
    for (let n = 0; n < 40; n++) {
      const began = performance.now();
      const command = await shell.command('echo first; sleep 0.2');
      command.stderr.resume();
      await new Promise((resolve) => command.stdout.once('data', resolve));
      firsts.push(performance.now() - began);
      await command.exitCode;
    }
    const rates: number[] = [];
    const costs: number[] = [];
    const megabytes = 100;
    for (let n = 0; n < 3; n++) {
      const before = cpuMs(pid);
      const began = performance.now();
      const command = await shell.command(`head -c ${megabytes}000000 /dev/zero`);
      command.stderr.resume();
      let size = 0;
      for await (const piece of command.stdout) size += (piece as Buffer).length;
      await command.exitCode;
      if (size !== megabytes * 1e6) throw new Error(`${size} bytes came of ${megabytes} MB`);
      rates.push(megabytes / ((performance.now() - began) / 1000));
      costs.push((cpuMs(pid) - before) / megabytes);
    }
    trips.sort((a, b) => a - b);
    return {
      roundTrip: middle(trips),
      roundTripP99: trips[Math.floor(trips.length * 0.99)]!,
      roundTripCpu,
      firstOutput: middle(firsts),
      firstOutputP95: firsts.toSorted((a, b) => a - b)[Math.floor(firsts.length * 0.95)]!,
      outputRate: middle(rates),
      outputCpu: middle(costs),
    };
  } finally {
    await shell.close();
  }
}
