import type { CimInstance } from '@atelier/cim';
import type { CimSource } from '@atelier/plugin-kit';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { createCpuMeter } from './cpu-meter.ts';

const processor = defineClass({
  name: 'Win32_Processor',
  superclass: 'CIM_Processor',
  keys: 'DeviceID',
  uint16: 'Architecture CpuStatus CurrentVoltage Level ProcessorType Revision VoltageCaps',
  uint32:
    'Characteristics ExtClock L2CacheSize L2CacheSpeed L3CacheSize L3CacheSpeed NumberOfCores NumberOfEnabledCore NumberOfLogicalProcessors ThreadCount',
  string: 'DeviceID AssetTag Manufacturer PartNumber ProcessorId SerialNumber SocketDesignation Version',
  boolean: 'SecondLevelAddressTranslationExtensions VirtualizationFirmwareEnabled VMMonitorModeExtensions',
});

const architectures: Readonly<Record<string, number>> = {
  ia32: 0,
  mips: 1,
  arm: 5,
  ppc64: 3,
  x64: 9,
  arm64: 12,
  riscv64: 0xffff,
};

type Block = ReadonlyMap<string, string>;

function blocks(text: string): readonly Block[] {
  return text
    .split(/\n\s*\n/)
    .filter((one) => /^processor\s*:/m.test(one))
    .map(
      (one) =>
        new Map(
          one.split('\n').map((row) => [row.slice(0, row.indexOf(':')).trim(), row.slice(row.indexOf(':') + 1).trim()]),
        ),
    );
}

const integer = (text: string | undefined): number | null => {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) ? Math.round(value) : null;
};

/** Vendor, family, model and flags as the processor's own register has them is not to be had: signature only. */
function signature(block: Block): string | null {
  const [family, model, stepping] = ['cpu family', 'model', 'stepping'].map((one) => integer(block.get(one)));
  if (family === null || model === null || family === undefined || model === undefined) return null;
  const base = Math.min(family, 15);
  const value = ((family - base) << 20) | ((model >> 4) << 16) | (base << 8) | ((model & 15) << 4) | (stepping ?? 0);
  return value.toString(16).toUpperCase().padStart(16, '0');
}

async function cacheKilobytes(host: LinuxHost, level: number): Promise<number | null> {
  const folder = 'sys/devices/system/cpu/cpu0/cache';
  for (const index of await host.entries(folder)) {
    if ((await host.number(`${folder}/${index}/level`)) !== level) continue;
    const found = /^(\d+)([KM])$/.exec((await host.line(`${folder}/${index}/size`)) ?? '');
    if (found) return Number(found[1]) * (found[2] === 'M' ? 1024 : 1);
  }
  return null;
}

async function* list(
  host: LinuxHost,
  meter: ReturnType<typeof createCpuMeter>,
  wantLoad: boolean,
): AsyncIterable<CimInstance> {
  const all = blocks((await host.text('proc/cpuinfo')) ?? '');
  const sockets = Map.groupBy(all, (one) => one.get('physical id') ?? '0');
  const loads = wantLoad ? await meter() : [];
  const total = loads.find((one) => one.name === '_Total')?.busy ?? null;
  const maximum = await host.number('sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq');
  const [l2, l3] = [await cacheKilobytes(host, 2), await cacheKilobytes(host, 3)];
  for (const [socket, threads] of sockets) {
    const [first] = threads;
    const one = first!;
    const own = threads.flatMap((each) =>
      loads.filter((each2) => each2.name === each.get('processor')).map((each2) => each2.busy),
    );
    const speed = integer(one.get('cpu MHz'));
    const flags = ` ${one.get('flags') ?? one.get('Features') ?? ''} `;
    const cores = new Set(threads.map((each) => each.get('core id') ?? each.get('processor'))).size;
    const wide = process.arch.includes('64') ? 64 : 32;
    yield instanceOf('Win32_Processor', {
      DeviceID: `CPU${socket}`,
      Name: one.get('model name') ?? process.arch,
      Caption: `${process.arch} Family ${one.get('cpu family') ?? '?'} Model ${one.get('model') ?? '?'} Stepping ${one.get('stepping') ?? '?'}`,
      Description: one.get('model name') ?? null,
      Manufacturer: one.get('vendor_id') ?? null,
      Status: 'OK',
      StatusInfo: 3,
      CpuStatus: 1,
      Availability: 3,
      Architecture: architectures[process.arch] ?? null,
      AddressWidth: wide,
      DataWidth: wide,
      Family: 2,
      ProcessorType: 3,
      Role: 'CPU',
      Level: integer(one.get('cpu family')),
      Stepping: one.get('stepping') ?? null,
      ProcessorId: signature(one),
      CurrentClockSpeed: speed,
      MaxClockSpeed: maximum === null ? speed : Math.round(maximum / 1000),
      L2CacheSize: l2,
      L3CacheSize: l3 ?? integer(one.get('cache size')),
      NumberOfCores: cores,
      NumberOfEnabledCore: cores,
      NumberOfLogicalProcessors: threads.length,
      ThreadCount: threads.length,
      LoadPercentage: own.length > 0 ? Math.round(own.reduce((sum, each) => sum + each, 0) / own.length) : total,
      SocketDesignation: `Socket ${socket}`,
      VirtualizationFirmwareEnabled: / (vmx|svm) /.test(flags),
      VMMonitorModeExtensions: / (vmx|svm) /.test(flags),
      SecondLevelAddressTranslationExtensions: / (ept|npt) /.test(flags),
      CreationClassName: 'Win32_Processor',
      SystemCreationClassName: 'Win32_ComputerSystem',
      SystemName: host.name,
      PowerManagementSupported: false,
    });
  }
}

const source = (host: LinuxHost): CimSource => {
  const meter = createCpuMeter(host);
  return { list: (hint) => list(host, meter, hint.properties?.includes('LoadPercentage') ?? true) };
};

export const processorFamily = (host: LinuxHost): ClassFamily => ({
  classes: [processor],
  sources: { Win32_Processor: source(host) },
});
