import { cpus } from 'node:os';
import { type CimDateTime, dateTimeOf } from '@atelier/cim';
import { type LinuxHost, readPairs } from '../linux-host.ts';

/** Minutes that the machine's zone lies east of Greenwich at a moment. */
export const zoneMinutes = (at: Date): number => -at.getTimezoneOffset();

/** A moment in the machine's zone, null stays null. */
export const momentOf = (at: Date | null): CimDateTime | null => (at ? dateTimeOf(at, zoneMinutes(at)) : null);

/** /proc/meminfo in kilobytes, by name. */
export async function memoryInfo(host: LinuxHost): Promise<(name: string) => number | null> {
  const pairs = readPairs(await host.text('proc/meminfo'), ':');
  return (name) => {
    const found = /^(\d+)/.exec(pairs.get(name) ?? '');
    return found ? Number(found[1]) : null;
  };
}

/** When the kernel started. */
export async function bootTime(host: LinuxHost): Promise<Date | null> {
  const found = /^btime (\d+)$/m.exec((await host.text('proc/stat')) ?? '');
  return found ? new Date(Number(found[1]) * 1000) : null;
}

/** /etc/os-release. */
export const osRelease = async (host: LinuxHost): Promise<ReadonlyMap<string, string>> =>
  readPairs((await host.text('etc/os-release')) ?? (await host.text('usr/lib/os-release')), '=');

/** Architecture in the words of Windows. */
export const architecture = (): string => (/64/.test(process.arch) ? '64-bit' : '32-bit');

/** Names of processes: the numbers in /proc. */
export const processIds = async (host: LinuxHost): Promise<readonly number[]> =>
  (await host.entries('proc'))
    .filter((one) => /^\d+$/.test(one))
    .map(Number)
    .sort((a, b) => a - b);

/** DNS domain of the machine: resolv.conf's, or what follows the host name; `WORKGROUP` when there is none. */
export async function domainName(host: LinuxHost): Promise<string | null> {
  const dot = host.name.indexOf('.');
  if (dot > 0) return host.name.slice(dot + 1);
  return /^(?:domain|search)\s+(\S+)/m.exec((await host.text('etc/resolv.conf')) ?? '')?.[1] ?? null;
}

/** Whether the machine says that it runs under a hypervisor. */
export async function underHypervisor(host: LinuxHost): Promise<boolean> {
  return /^flags\s*:.*\bhypervisor\b/m.test((await host.text('proc/cpuinfo')) ?? '');
}

/** Logical processors. */
export async function processorCount(host: LinuxHost): Promise<number> {
  return [...((await host.text('proc/cpuinfo')) ?? '').matchAll(/^processor\s*:/gm)].length || cpus().length;
}
