import { readFileSync } from 'node:fs';

/** The kernel counts processor time in ticks of 10 ms on every Debian. */
const tickMs = 10;

/** Processor time of a process so far, in milliseconds: user and system, all its threads; with `children` what its ended children took, too. */
export function cpuMs(pid: number, children = false): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  const own = Number(fields[11]) + Number(fields[12]);
  return (own + (children ? Number(fields[13]) + Number(fields[14]) : 0)) * tickMs;
}

/** Resident memory in MiB. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** Memory in MiB that the process alone holds: resident without what it shares with files, such as Node's own code. */
export function uniqueMiB(pid: number): number {
  return Number(/^Anonymous:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
}
