import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

const script = join(import.meta.dirname, 'supervisor.pl');

/** Starts a supervisor, which waits until it is told what to run. */
export const startSupervisor = (): ChildProcess =>
  spawn('/usr/bin/perl', [script], {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });

/** Ends one that was told nothing. */
export function endSupervisor(child: ChildProcess): void {
  for (const one of child.stdio) one?.on('error', () => {});
  (child.stdio[3] as Duplex).destroy();
  for (const one of child.stdio.slice(0, 3)) one?.destroy();
}
