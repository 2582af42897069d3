import { stat } from 'node:fs/promises';
import type { LinuxHost } from '../linux-host.ts';

/** One row of /proc/PID/stat, in the kernel's units. */
export interface ProcessStat {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  /** Clock ticks of 10 ms. */
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly priority: number;
  readonly threads: number;
  readonly startTicks: number;
  /** Bytes. */
  readonly virtualSize: number;
  readonly residentPages: number;
}

/** Ticks in a second: what Linux shows to programs, whatever the kernel uses. */
export const ticksPerSecond = 100;
export const pageSize = 4096;

/** Reads the text of a `stat` file; the name may hold blanks and brackets. Null when the text is none. */
export function parseProcessStat(text: string): ProcessStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text
    .slice(close + 2)
    .trim()
    .split(' ');
  const at = (index: number): number => Number(fields[index - 3]);
  if (fields.length < 22) return null;
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    state: fields[0]!,
    parent: at(4),
    session: at(6),
    minorFaults: at(10),
    majorFaults: at(12),
    userTicks: at(14),
    systemTicks: at(15),
    priority: at(18),
    threads: at(20),
    startTicks: at(22),
    virtualSize: at(23),
    residentPages: at(24),
  };
}

/** A process's row; null when it is gone. */
export async function readProcess(host: LinuxHost, pid: number): Promise<ProcessStat | null> {
  const text = await host.text(`proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

/** The user that a process runs as; null when it is gone. */
export const processOwner = (host: LinuxHost, pid: number): Promise<number | null> =>
  stat(host.path(`proc/${pid}`)).then(
    (one) => one.uid,
    () => null,
  );
