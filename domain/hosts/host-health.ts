import type { EventFlow } from './event-flow.ts';

/** What the server knows of a host's condition, from its WMI classes. Null: not told. */
export interface HostFacts {
  readonly osCaption: string | null;
  readonly osVersion: string | null;
  readonly computerName: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly processors: number | null;
  readonly memoryBytes: number | null;
  readonly freeMemoryBytes: number | null;
  readonly loadPercent: number | null;
  readonly startedAt: string | null;
  readonly disks: readonly { readonly name: string; readonly size: number; readonly free: number }[];
  /** Services that start by themselves and do not run. */
  readonly stoppedServices: readonly string[];
  readonly hardwareFaults: readonly string[];
}

export type HealthLevel = 'ok' | 'warning' | 'critical' | 'unknown';

/** One thing that somebody should look at. */
export interface HealthFinding {
  readonly level: 'warning' | 'critical';
  /** A sentence. */
  readonly text: string;
}

export interface HostHealth {
  readonly level: HealthLevel;
  readonly findings: readonly HealthFinding[];
}

const shares = { diskCritical: 0.05, diskWarning: 0.1, memoryWarning: 0.05 } as const;

const percent = (share: number): string => `${Math.floor(share * 100)} %`;

function diskFinding(disk: HostFacts['disks'][number]): HealthFinding | null {
  if (disk.size <= 0) return null;
  const share = disk.free / disk.size;
  if (share >= shares.diskWarning) return null;
  const level = share < shares.diskCritical ? 'critical' : 'warning';
  return { level, text: `${disk.name} has ${percent(share)} free` };
}

const silence = (flow: EventFlow): readonly HealthFinding[] =>
  flow.kind === 'silent'
    ? [{ level: 'warning', text: `it has brought neither events nor heartbeats since ${flow.heardAt.toISOString()}` }]
    : [];

/** The host's health and why; `unknown` while it told nothing, but for a silence of its events. */
export function hostHealth(facts: HostFacts | null, flow: EventFlow = { kind: 'waiting' }): HostHealth {
  const silent = silence(flow);
  if (!facts) return { level: silent.length > 0 ? 'warning' : 'unknown', findings: silent };
  const { memoryBytes, freeMemoryBytes } = facts;
  const scarce =
    memoryBytes !== null &&
    freeMemoryBytes !== null &&
    memoryBytes > 0 &&
    freeMemoryBytes / memoryBytes < shares.memoryWarning;
  const findings: HealthFinding[] = [
    ...facts.disks.map(diskFinding).filter((one) => one !== null),
    ...(scarce
      ? [{ level: 'warning' as const, text: `${percent(freeMemoryBytes / memoryBytes)} of the memory is free` }]
      : []),
    ...facts.stoppedServices.map((name) => ({
      level: 'warning' as const,
      text: `the service ${name} should run and does not`,
    })),
    ...facts.hardwareFaults.map((text) => ({ level: 'critical' as const, text })),
    ...silent,
  ];
  const level = findings.some((one) => one.level === 'critical') ? 'critical' : findings.length > 0 ? 'warning' : 'ok';
  return { level, findings };
}
