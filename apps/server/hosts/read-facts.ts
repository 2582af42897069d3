import { type Properties, type PropertyValue, propertiesOf, type Session } from '@atelier/adapters/winrm-client';
import type { HostFacts } from '@atelier/domain/hosts';
import { isWsmanFault } from '@atelier/wsman';

const cimv2 = 'wmicimv2/*';
/** More than this of one kind is no longer read by a person. */
const most = 100;

const text = (value: PropertyValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const number = (value: PropertyValue | undefined): number | null => {
  const read = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(read) ? read : null;
};

/** What a query gives, at most `most` rows; nothing when the host has no such class. */
async function query(session: Session, wql: string, signal: AbortSignal, uri = cimv2): Promise<Properties[]> {
  const found: Properties[] = [];
  try {
    for await (const item of session.enumerate(uri, { filter: wql, signal })) {
      found.push(propertiesOf(item));
      if (found.length === most) break;
    }
  } catch (error) {
    if (!isWsmanFault(error)) throw error;
  }
  return found;
}

const kibi = 1024;
const sensors = 'select ElementName, HealthState, CurrentState from CIM_Sensor where HealthState > 5';

/**
 * Reads what the list of hosts shows, by the classes that Windows and our agent share. Throws when the host cannot be reached; what it only does
 * not know is null.
 */
export async function readFacts(session: Session, signal: AbortSignal): Promise<HostFacts> {
  const ask = (wql: string, uri?: string) => query(session, wql, signal, uri);
  const [os] = await ask('select * from Win32_OperatingSystem');
  const [computer] = await ask('select * from Win32_ComputerSystem');
  const processors = await ask('select LoadPercentage from Win32_Processor');
  const disks = await ask('select DeviceID, Size, FreeSpace from Win32_LogicalDisk where DriveType = 3');
  const stopped = await ask("select Name from Win32_Service where StartMode = 'Auto' and State <> 'Running'");
  const faults = await ask(sensors, 'wmi/root/hardware/*');
  const loads = processors.map((one) => number(one.LoadPercentage)).filter((one) => one !== null);
  const free = number(os?.FreePhysicalMemory);
  return {
    osCaption: text(os?.Caption),
    osVersion: text(os?.Version),
    computerName: text(computer?.Name),
    manufacturer: text(computer?.Manufacturer),
    model: text(computer?.Model),
    processors: number(computer?.NumberOfLogicalProcessors),
    memoryBytes: number(computer?.TotalPhysicalMemory),
    freeMemoryBytes: free === null ? null : free * kibi,
    loadPercent: loads.length === 0 ? null : Math.round(loads.reduce((sum, one) => sum + one, 0) / loads.length),
    startedAt: text(os?.LastBootUpTime),
    disks: disks.flatMap((one) => {
      const [size, left] = [number(one.Size), number(one.FreeSpace)];
      return size === null || left === null ? [] : [{ name: text(one.DeviceID) ?? '?', size, free: left }];
    }),
    stoppedServices: stopped.flatMap((one) => text(one.Name) ?? []),
    hardwareFaults: faults.map(
      (one) => `${text(one.ElementName) ?? 'a sensor'} is ${text(one.CurrentState) ?? 'not well'}`,
    ),
  };
}
