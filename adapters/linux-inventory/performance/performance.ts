import type { CimInstance } from '@atelier/cim';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { sectorBytes } from '../storage/block-devices.ts';
import { mountSpace, readMounts } from '../storage/mounts.ts';
import { createCpuMeter } from '../system/cpu-meter.ts';
import { memoryInfo, processIds } from '../system/system-facts.ts';
import { type Counters, createRateMeter } from './rates.ts';

const base = defineClass({
  name: 'Win32_PerfFormattedData',
  superclass: 'CIM_StatisticalInformation',
  abstract: true,
  uint64:
    'Frequency_Object Frequency_PerfTime Frequency_Sys100NS Timestamp_Object Timestamp_PerfTime Timestamp_Sys100NS',
});
const counted = (name: string, properties: { readonly uint64?: string; readonly uint32?: string }, keyed: boolean) =>
  defineClass({
    name: `Win32_PerfFormattedData_${name}`,
    superclass: 'Win32_PerfFormattedData',
    ...(keyed ? { keys: 'Name', string: 'Name' } : { singleton: true }),
    ...properties,
  });

const processor = counted(
  'PerfOS_Processor',
  {
    uint64:
      'C1TransitionsPersec C2TransitionsPersec C3TransitionsPersec PercentC1Time PercentC2Time PercentC3Time PercentDPCTime PercentIdleTime PercentInterruptTime PercentPrivilegedTime PercentProcessorTime PercentUserTime',
    uint32: 'DPCRate DPCsQueuedPersec InterruptsPersec',
  },
  true,
);
const memory = counted(
  'PerfOS_Memory',
  {
    uint64:
      'AvailableBytes AvailableKBytes AvailableMBytes CacheBytes CacheBytesPeak CommitLimit CommittedBytes FreeAndZeroPageListBytes ModifiedPageListBytes PoolNonpagedBytes PoolPagedBytes SystemCacheResidentBytes SystemCodeTotalBytes',
    uint32:
      'CacheFaultsPersec PageFaultsPersec PageReadsPersec PagesInputPersec PagesOutputPersec PagesPersec PageWritesPersec PercentCommittedBytesInUse',
  },
  false,
);
const system = counted(
  'PerfOS_System',
  {
    uint64: 'FileControlBytesPersec FileReadBytesPersec FileWriteBytesPersec SystemUpTime',
    uint32:
      'AlignmentFixupsPersec ContextSwitchesPersec ExceptionDispatchesPersec FileControlOperationsPersec FileDataOperationsPersec FileReadOperationsPersec FileWriteOperationsPersec FloatingEmulationsPersec PercentRegistryQuotaInUse Processes ProcessorQueueLength SystemCallsPersec Threads',
  },
  false,
);
const disk = counted(
  'PerfDisk_LogicalDisk',
  {
    uint64:
      'AvgDiskBytesPerRead AvgDiskBytesPerTransfer AvgDiskBytesPerWrite AvgDiskQueueLength DiskBytesPersec DiskReadBytesPersec DiskWriteBytesPersec PercentDiskReadTime PercentDiskTime PercentDiskWriteTime PercentIdleTime',
    uint32:
      'AvgDisksecPerRead AvgDisksecPerTransfer AvgDisksecPerWrite CurrentDiskQueueLength DiskReadsPersec DiskTransfersPersec DiskWritesPersec FreeMegabytes PercentFreeSpace SplitIOPerSec',
  },
  true,
);
const network = counted(
  'Tcpip_NetworkInterface',
  {
    uint64:
      'BytesReceivedPersec BytesSentPersec BytesTotalPersec CurrentBandwidth OutputQueueLength PacketsOutboundDiscarded PacketsOutboundErrors PacketsReceivedDiscarded PacketsReceivedErrors PacketsReceivedUnknown',
    uint32:
      'PacketsPersec PacketsReceivedNonUnicastPersec PacketsReceivedPersec PacketsReceivedUnicastPersec PacketsSentNonUnicastPersec PacketsSentPersec PacketsSentUnicastPersec',
  },
  true,
);

const table = (text: string | null, row: RegExp): Counters =>
  new Map(
    (text ?? '').split('\n').flatMap((line) => {
      const found = row.exec(line);
      return found ? [[found[1]!, found[2]!.trim().split(/\s+/).map(Number)] as const] : [];
    }),
  );
const diskCounters = async (host: LinuxHost): Promise<Counters> =>
  table(await host.text('proc/diskstats'), /^\s*\d+\s+\d+\s+(\S+)\s+(.*)$/);
const networkCounters = async (host: LinuxHost): Promise<Counters> =>
  table(await host.text('proc/net/dev'), /^\s*([^:\s]+):\s*(.*)$/);
const systemCounters = async (host: LinuxHost): Promise<Counters> =>
  table(await host.text('proc/stat'), /^(ctxt|intr|processes)\s+(\d+)/);
const pageCounters = async (host: LinuxHost): Promise<Counters> =>
  table(await host.text('proc/vmstat'), /^(pgfault|pgmajfault|pgpgin|pgpgout|pswpin|pswpout)\s+(\d+)/);

async function memoryOf(host: LinuxHost, pages: ReturnType<typeof createRateMeter>): Promise<CimInstance> {
  const of = await memoryInfo(host);
  const rates = await pages();
  const bytes = (name: string): number | null => (of(name) === null ? null : of(name)! * 1024);
  const available = of('MemAvailable') ?? of('MemFree');
  const [committed, limit] = [of('Committed_AS'), of('CommitLimit')];
  return instanceOf('Win32_PerfFormattedData_PerfOS_Memory', {
    AvailableBytes: available === null ? null : available * 1024,
    AvailableKBytes: available,
    AvailableMBytes: available === null ? null : Math.floor(available / 1024),
    CacheBytes: bytes('Cached'),
    CommittedBytes: bytes('Committed_AS'),
    CommitLimit: bytes('CommitLimit'),
    PercentCommittedBytesInUse: committed === null || !limit ? null : Math.round((committed * 100) / limit),
    FreeAndZeroPageListBytes: bytes('MemFree'),
    ModifiedPageListBytes: bytes('Dirty'),
    PoolPagedBytes: bytes('SReclaimable'),
    PoolNonpagedBytes: bytes('SUnreclaim'),
    PageFaultsPersec: rates.rate('pgfault', 0),
    PageReadsPersec: rates.rate('pgmajfault', 0),
    PagesInputPersec: rates.rate('pswpin', 0),
    PagesOutputPersec: rates.rate('pswpout', 0),
    PagesPersec: rates.rate('pswpin', 0) + rates.rate('pswpout', 0),
  });
}

async function systemOf(host: LinuxHost, meter: ReturnType<typeof createRateMeter>): Promise<CimInstance> {
  const rates = await meter();
  const [, running, threads] = /(\d+)\/(\d+)/.exec((await host.text('proc/loadavg')) ?? '') ?? [];
  const up = Number.parseFloat((await host.line('proc/uptime')) ?? '');
  return instanceOf('Win32_PerfFormattedData_PerfOS_System', {
    SystemUpTime: Number.isFinite(up) ? Math.floor(up) : null,
    Processes: (await processIds(host)).length,
    Threads: threads ? Number(threads) : null,
    ProcessorQueueLength: running ? Math.max(0, Number(running) - 1) : null,
    ContextSwitchesPersec: rates.rate('ctxt', 0),
  });
}

async function* disksOf(host: LinuxHost, meter: ReturnType<typeof createRateMeter>): AsyncIterable<CimInstance> {
  const rates = await meter();
  for (const mount of await readMounts(host)) {
    const name = mount.device.replace(/^\/dev\//, '');
    const space = await mountSpace(host, mount);
    const counters = rates.now.get(name);
    const percent = (index: number): number => Math.min(100, Math.round(rates.rate(name, index) / 10));
    yield instanceOf('Win32_PerfFormattedData_PerfDisk_LogicalDisk', {
      Name: mount.point,
      FreeMegabytes: space ? Math.floor(space.free / 1_048_576) : null,
      PercentFreeSpace: space && space.size > 0 ? Math.round((space.free * 100) / space.size) : null,
      ...(counters
        ? {
            DiskReadsPersec: rates.rate(name, 0),
            DiskWritesPersec: rates.rate(name, 4),
            DiskTransfersPersec: rates.rate(name, 0) + rates.rate(name, 4),
            DiskReadBytesPersec: rates.rate(name, 2) * sectorBytes,
            DiskWriteBytesPersec: rates.rate(name, 6) * sectorBytes,
            DiskBytesPersec: (rates.rate(name, 2) + rates.rate(name, 6)) * sectorBytes,
            CurrentDiskQueueLength: counters[8] ?? null,
            PercentDiskTime: percent(9),
            PercentIdleTime: 100 - percent(9),
          }
        : {}),
    });
  }
}

async function* networkOf(host: LinuxHost, meter: ReturnType<typeof createRateMeter>): AsyncIterable<CimInstance> {
  const rates = await meter();
  for (const [name, counters] of rates.now) {
    const speed = await host.number(`sys/class/net/${name}/speed`);
    const [received, sent] = [rates.rate(name, 0), rates.rate(name, 8)];
    yield instanceOf('Win32_PerfFormattedData_Tcpip_NetworkInterface', {
      Name: name,
      BytesReceivedPersec: received,
      BytesSentPersec: sent,
      BytesTotalPersec: received + sent,
      PacketsReceivedPersec: rates.rate(name, 1),
      PacketsSentPersec: rates.rate(name, 9),
      PacketsPersec: rates.rate(name, 1) + rates.rate(name, 9),
      PacketsReceivedErrors: counters[2] ?? null,
      PacketsReceivedDiscarded: counters[3] ?? null,
      PacketsOutboundErrors: counters[10] ?? null,
      PacketsOutboundDiscarded: counters[11] ?? null,
      CurrentBandwidth: speed === null || speed < 0 ? null : speed * 1_000_000,
    });
  }
}

/** Load of processors, memory, disks and networks, as rates since somebody asked last. */
export function performanceFamily(host: LinuxHost): ClassFamily {
  const cpu = createCpuMeter(host);
  const meter = (read: (host: LinuxHost) => Promise<Counters>) => createRateMeter(() => read(host));
  const [disks, networks, systems, pages] = [
    meter(diskCounters),
    meter(networkCounters),
    meter(systemCounters),
    meter(pageCounters),
  ];
  return {
    classes: [base, processor, memory, system, disk, network],
    sources: {
      Win32_PerfFormattedData_PerfOS_Processor: {
        list: async function* () {
          for (const one of await cpu())
            yield instanceOf('Win32_PerfFormattedData_PerfOS_Processor', {
              Name: one.name,
              PercentProcessorTime: one.busy,
              PercentIdleTime: 100 - one.busy,
              PercentUserTime: one.user,
              PercentPrivilegedTime: one.privileged,
              PercentInterruptTime: one.interrupt,
            });
        },
      },
      Win32_PerfFormattedData_PerfOS_Memory: {
        list: async function* () {
          yield await memoryOf(host, pages);
        },
      },
      Win32_PerfFormattedData_PerfOS_System: {
        list: async function* () {
          yield await systemOf(host, systems);
        },
      },
      Win32_PerfFormattedData_PerfDisk_LogicalDisk: { list: () => disksOf(host, disks) },
      Win32_PerfFormattedData_Tcpip_NetworkInterface: { list: () => networkOf(host, networks) },
    },
  };
}
