import { type CimInstance, type CimValue, dateTimeOf } from '@atelier/cim';
import type { CimSource, ListHint } from '@atelier/plugin-kit';
import { defineClass, defineMethod, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { bootTime, osRelease, processIds, zoneMinutes } from '../system/system-facts.ts';
import { processMethods } from './process-methods.ts';
import { type ProcessStat, pageSize, parseProcessStat, readProcess, ticksPerSecond } from './read-process.ts';

const process_ = defineClass({
  name: 'Win32_Process',
  superclass: 'CIM_Process',
  keys: 'Handle',
  string: 'Handle CommandLine ExecutablePath WindowsVersion',
  uint32:
    'HandleCount MaximumWorkingSetSize MinimumWorkingSetSize PageFaults PageFileUsage ParentProcessId PeakPageFileUsage PeakWorkingSetSize ProcessId QuotaNonPagedPoolUsage QuotaPagedPoolUsage QuotaPeakNonPagedPoolUsage QuotaPeakPagedPoolUsage SessionId ThreadCount',
  uint64:
    'OtherOperationCount OtherTransferCount PeakVirtualSize PrivatePageCount ReadOperationCount ReadTransferCount VirtualSize WriteOperationCount WriteTransferCount',
  units: {
    WorkingSetSize: 'bytes',
    VirtualSize: 'bytes',
    PageFileUsage: 'kilobytes',
    KernelModeTime: '100 nanoseconds',
  },
  methods: [
    defineMethod('Create', {
      static: true,
      in: { CommandLine: 'string', CurrentDirectory: 'string', ProcessStartupInformation: 'instance' },
      out: { ProcessId: 'uint32' },
      required: ['CommandLine'],
      description:
        'Starts a program as the calling user. 0 done, 2 access denied, 8 unknown failure, 9 path not found, 21 invalid parameter.',
    }),
    defineMethod('Terminate', { in: { Reason: 'uint32' } }),
    defineMethod('GetOwner', { out: { User: 'string', Domain: 'string' } }),
    defineMethod('GetOwnerSid', { out: { Sid: 'string' } }),
    defineMethod('SetPriority', { in: { Priority: 'sint32' }, required: ['Priority'] }),
  ],
});

const startup = defineClass({
  name: 'Win32_ProcessStartup',
  string: 'Title WinstationDesktop',
  strings: 'EnvironmentVariables',
  uint32: 'CreateFlags FillAttribute PriorityClass X XCountChars XSize Y YCountChars YSize',
  uint16: 'ErrorMode ShowWindow',
});

const thread = defineClass({
  name: 'Win32_Thread',
  superclass: 'CIM_Thread',
  keys: 'Handle ProcessHandle',
  string: 'Handle ProcessHandle',
  uint64: 'ElapsedTime',
  sint32: 'PriorityBase',
  uint32: 'StartAddress ThreadState ThreadWaitReason',
});

/** CIM's ExecutionState by the kernel's letter: 3 running, 4 blocked, 8 stopped, 7 terminated. */
const states: Readonly<Record<string, number>> = { R: 3, S: 4, D: 4, I: 4, T: 8, t: 8, Z: 7, X: 7 };
const stateOf = (one: ProcessStat): number => states[one.state] ?? 0;
/** 100 nanoseconds, which Windows counts in. */
const ticksTo100ns = (ticks: number): number => Math.round((ticks * 10_000_000) / ticksPerSecond);

/** Facts of the machine that are the same for all processes of one list. */
interface Surroundings {
  readonly boot: number;
  readonly osName: string;
  readonly version: string | null;
}

async function surroundings(host: LinuxHost): Promise<Surroundings> {
  const release = await osRelease(host);
  return {
    boot: (await bootTime(host))?.getTime() ?? 0,
    osName: `${release.get('PRETTY_NAME') ?? 'Linux'}|/|`,
    version: await host.line('proc/sys/kernel/osrelease'),
  };
}

const numberIn = (text: string | null, name: string): number | null => {
  const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text ?? '');
  return found ? Number(found[1]) : null;
};

async function details(host: LinuxHost, pid: number): Promise<Readonly<Record<string, CimValue>>> {
  const folder = `proc/${pid}`;
  const [command, executable, status, io, handles] = await Promise.all([
    host.text(`${folder}/cmdline`),
    host.link(`${folder}/exe`),
    host.text(`${folder}/status`),
    host.text(`${folder}/io`),
    host.entries(`${folder}/fd`),
  ]);
  const peak = numberIn(status, 'VmHWM');
  const virtual = numberIn(status, 'VmPeak');
  const anonymous = numberIn(status, 'RssAnon');
  const swap = numberIn(status, 'VmSwap');
  return {
    CommandLine: command ? command.replace(/\0+$/, '').replaceAll('\0', ' ') : null,
    ExecutablePath: executable,
    HandleCount: handles.length,
    PeakWorkingSetSize: peak,
    PeakVirtualSize: virtual === null ? null : virtual * 1024,
    PrivatePageCount: anonymous === null ? null : anonymous * 1024,
    PageFileUsage: swap,
    ReadOperationCount: numberIn(io, 'syscr'),
    WriteOperationCount: numberIn(io, 'syscw'),
    ReadTransferCount: numberIn(io, 'rchar'),
    WriteTransferCount: numberIn(io, 'wchar'),
  };
}

/** Properties that come from `stat` alone: a query for these does not open the other files. */
const cheap: ReadonlySet<string> = new Set(
  'Name Caption Description Handle ProcessId ParentProcessId SessionId ThreadCount Priority CreationDate KernelModeTime UserModeTime WorkingSetSize VirtualSize PageFaults ExecutionState CSName OSName'.split(
    ' ',
  ),
);

async function instance(host: LinuxHost, one: ProcessStat, around: Surroundings, hint: ListHint): Promise<CimInstance> {
  const created = new Date(around.boot + (one.startTicks * 1000) / ticksPerSecond);
  const more = hint.properties?.every((name) => cheap.has(name)) ? {} : await details(host, one.pid);
  return instanceOf('Win32_Process', {
    Handle: String(one.pid),
    ProcessId: one.pid,
    Name: one.name,
    Caption: one.name,
    Description: one.name,
    ParentProcessId: one.parent,
    SessionId: Math.max(0, one.session),
    ThreadCount: one.threads,
    Priority: Math.max(0, one.priority),
    ExecutionState: stateOf(one),
    CreationDate: dateTimeOf(created, zoneMinutes(created)),
    KernelModeTime: ticksTo100ns(one.systemTicks),
    UserModeTime: ticksTo100ns(one.userTicks),
    WorkingSetSize: one.residentPages * pageSize,
    VirtualSize: one.virtualSize,
    PageFaults: Math.min(0xffff_ffff, one.minorFaults + one.majorFaults),
    CreationClassName: 'Win32_Process',
    CSCreationClassName: 'Win32_ComputerSystem',
    CSName: host.name,
    OSCreationClassName: 'Win32_OperatingSystem',
    OSName: around.osName,
    WindowsVersion: around.version,
    ...more,
  });
}

async function* list(host: LinuxHost, hint: ListHint): AsyncIterable<CimInstance> {
  const around = await surroundings(host);
  const wanted = hint.equals.ProcessId ?? hint.equals.Handle;
  const ids = wanted === undefined ? await processIds(host) : [Number(wanted)];
  for (const pid of ids) {
    const one = Number.isInteger(pid) ? await readProcess(host, pid) : null;
    if (one) yield await instance(host, one, around, hint);
  }
}

async function* listThreads(host: LinuxHost, hint: ListHint): AsyncIterable<CimInstance> {
  const wanted = hint.equals.ProcessHandle;
  const around = await surroundings(host);
  for (const pid of wanted === undefined ? await processIds(host) : [Number(wanted)])
    for (const id of await host.entries(`proc/${pid}/task`)) {
      const text = await host.text(`proc/${pid}/task/${id}/stat`);
      const one = text === null ? null : parseProcessStat(text);
      if (!one) continue;
      yield instanceOf('Win32_Thread', {
        Handle: id,
        ProcessHandle: String(pid),
        Name: id,
        Caption: one.name,
        Description: one.name,
        ExecutionState: stateOf(one),
        ThreadState: one.state === 'R' ? 2 : one.state === 'Z' ? 4 : 5,
        Priority: Math.max(0, one.priority),
        PriorityBase: one.priority,
        KernelModeTime: ticksTo100ns(one.systemTicks),
        UserModeTime: ticksTo100ns(one.userTicks),
        CreationClassName: 'Win32_Thread',
        ProcessCreationClassName: 'Win32_Process',
        CSCreationClassName: 'Win32_ComputerSystem',
        CSName: host.name,
        OSCreationClassName: 'Win32_OperatingSystem',
        OSName: around.osName,
      });
    }
}

const source = (host: LinuxHost): CimSource => ({
  list: (hint) => list(host, hint),
  get: async (keys) => {
    for await (const one of list(host, { properties: null, equals: { Handle: keys.Handle ?? null } })) return one;
    return null;
  },
  invoke: processMethods(host),
});

export const processFamily = (host: LinuxHost): ClassFamily => ({
  classes: [process_, startup, thread],
  sources: { Win32_Process: source(host), Win32_Thread: { list: (hint) => listThreads(host, hint) } },
});
