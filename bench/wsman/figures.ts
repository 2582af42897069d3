import type { Round } from './load.ts';
import { type CaseName, caseNames } from './requests.ts';
import type { ShellFigures } from './shell.ts';

/** Everything one run measures. Memory in MiB, times in milliseconds. */
export interface Figures {
  readonly machine: string;
  readonly load: number;
  readonly cases: Readonly<Partial<Record<CaseName, Round>>>;
  readonly shell: ShellFigures | null;
  /** Resident after the first logon, and after all the load. */
  readonly memoryIdle: number;
  /** Of the idle memory what is not Node's own code on disk. */
  readonly memoryUnique: number;
  readonly memoryAfter: number;
  /** Resident a quarter of a minute after the load. */
  readonly memoryRested: number;
  /** Resident of `atelier agent run` after one Identify, and of it what is not mapped from files. */
  readonly memoryService: number;
  readonly memoryServiceUnique: number;
  /** Processor time that nobody's requests took, per second. */
  readonly idleCpu: number;
}

/** Processor milliseconds per request of openwsmand 2.8.1 (a server in C), measured once on two cores with the same load. */
export const anchor: Readonly<Partial<Record<CaseName, number>>> = {
  identify: 0.129,
  get: 0.19,
  'enumerate-20': 0.691,
  pull: 0.816,
};

/** Goals and floors of issue 4 that are not relative to the anchor. */
export const bounds = { outputRate: 10, firstOutput: 50, memoryIdle: 60 } as const;

/** Half of the anchor is the goal, the anchor the floor. */
function verdict(value: number, floor: number): string {
  if (value <= floor / 2) return 'goal';
  return value <= floor ? 'floor' : 'missed';
}

const ratio = (value: number, of: number | undefined) => (of ? `${(value / of).toFixed(2)} ×` : '–');

/** The cases as a Markdown table: against openwsmand and against what was recorded. */
export function caseTable(figures: Figures, baseline: Figures | null): string {
  const lines = caseNames.flatMap((name) => {
    const one = figures.cases[name];
    if (!one) return [];
    const floor = anchor[name];
    const reached = floor ? verdict(one.cpuMs, floor) : '–';
    return `| ${name} | ${one.cpuMs.toFixed(3)} | ${ratio(one.cpuMs, floor)} | ${reached} | ${ratio(one.cpuMs, baseline?.cases[name]?.cpuMs)} | ${one.perSecond.toFixed(0)} | ${one.p99.toFixed(1)} |`;
  });
  const head = '| case | CPU ms per request | of openwsmand | reached | of the baseline | requests/s | p99 ms |';
  return [head, '|---|---|---|---|---|---|---|', ...lines].join('\n');
}

/** Everything else as a Markdown table. */
export function restTable(figures: Figures, baseline: Figures | null): string {
  const { shell, memoryIdle, memoryUnique, memoryAfter, memoryRested, idleCpu } = figures;
  const rows: [string, string, string, string][] = [];
  const row = (what: string, value: number, unit: string, before: number | undefined, goal = '') =>
    rows.push([what, `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`, goal, ratio(value, before)]);
  const was = baseline?.shell;
  if (shell) {
    row('command round trip, median', shell.roundTrip, 'ms', was?.roundTrip);
    row('command round trip, p99', shell.roundTripP99, 'ms', was?.roundTripP99);
    row('command round trip, CPU with the command', shell.roundTripCpu, 'ms', was?.roundTripCpu);
    row('first output', shell.firstOutput, 'ms', was?.firstOutput, `under ${bounds.firstOutput}`);
    row('first output, p95', shell.firstOutputP95, 'ms', was?.firstOutputP95);
    row('shell output', shell.outputRate, 'MB/s', was?.outputRate, `at least ${bounds.outputRate}`);
    row('shell output, CPU per MB', shell.outputCpu, 'ms', was?.outputCpu);
  }
  const { memoryService, memoryServiceUnique } = figures;
  row('resident, service after Identify', memoryService, 'MiB', baseline?.memoryService, `under ${bounds.memoryIdle}`);
  row('the same, without files that are mapped', memoryServiceUnique, 'MiB', baseline?.memoryServiceUnique);
  row('resident, idle after a command', memoryIdle, 'MiB', baseline?.memoryIdle, `under ${bounds.memoryIdle}`);
  row('the same, without files that are mapped', memoryUnique, 'MiB', baseline?.memoryUnique);
  row('resident, after the load', memoryAfter, 'MiB', baseline?.memoryAfter);
  row('resident, 15 s after the load', memoryRested, 'MiB', baseline?.memoryRested);
  row('CPU per idle second', idleCpu, 'ms', baseline?.idleCpu, 'none');
  const head = '| measured | value | goal | of the baseline |';
  return [head, '|---|---|---|---|', ...rows.map((one) => `| ${one.join(' | ')} |`)].join('\n');
}
