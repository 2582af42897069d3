import type { CimInstance } from '@atelier/cim';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { readSmbios, type SmbiosStructure } from './smbios.ts';

const memory = defineClass({
  name: 'Win32_PhysicalMemory',
  superclass: 'CIM_PhysicalMemory',
  keys: 'Tag',
  string: 'Tag DeviceLocator',
  uint32:
    'Attributes ConfiguredClockSpeed ConfiguredVoltage InterleaveDataDepth MaxVoltage MinVoltage SMBIOSMemoryType',
  uint16: 'TypeDetail',
});

const array = defineClass({
  name: 'Win32_PhysicalMemoryArray',
  superclass: 'CIM_PhysicalPackage',
  keys: 'Tag',
  string: 'Tag',
  uint16: 'Location MemoryDevices MemoryErrorCorrection Use',
  uint32: 'MaxCapacity',
  uint64: 'MaxCapacityEx',
  units: { MaxCapacity: 'kilobytes', MaxCapacityEx: 'kilobytes' },
});

const megabyte = 1_048_576;

function capacity(one: SmbiosStructure): number | null {
  const size = one.number(12, 2);
  if (size === null || size === 0 || size === 0xffff) return null;
  if (size === 0x7fff) return (one.number(28, 4) ?? 0) * megabyte;
  return (size & 0x7fff) * (size & 0x8000 ? 1024 : megabyte);
}

/** Numbers that SMBIOS uses for "not known". */
const known = (value: number | null): number | null =>
  value === null || value === 0 || value === 0xffff ? null : value;

const module_ = (one: SmbiosStructure, index: number): CimInstance =>
  instanceOf('Win32_PhysicalMemory', {
    Tag: `Physical Memory ${index}`,
    Name: 'Physical Memory',
    Caption: 'Physical Memory',
    Description: 'Physical Memory',
    CreationClassName: 'Win32_PhysicalMemory',
    Capacity: capacity(one),
    TotalWidth: known(one.number(8, 2)),
    DataWidth: known(one.number(10, 2)),
    FormFactor: one.number(14, 1),
    DeviceLocator: one.text(16),
    BankLabel: one.text(17),
    MemoryType: 0,
    SMBIOSMemoryType: one.number(18, 1),
    TypeDetail: one.number(19, 2),
    Speed: known(one.number(21, 2)),
    Manufacturer: one.text(23),
    SerialNumber: one.text(24),
    PartNumber: one.text(26),
    Attributes: one.number(27, 1),
    ConfiguredClockSpeed: known(one.number(32, 2)),
    MinVoltage: known(one.number(34, 2)),
    MaxVoltage: known(one.number(36, 2)),
    ConfiguredVoltage: known(one.number(38, 2)),
  });

function arrayOf(one: SmbiosStructure, index: number): CimInstance {
  const small = one.number(7, 4);
  const extended = one.number(15, 4);
  const kilobytes = small === 0x8000_0000 ? (extended === null ? null : extended / 1024) : small;
  return instanceOf('Win32_PhysicalMemoryArray', {
    Tag: `Physical Memory Array ${index}`,
    Name: 'Physical Memory Array',
    Caption: 'Physical Memory Array',
    Description: 'Physical Memory Array',
    CreationClassName: 'Win32_PhysicalMemoryArray',
    Location: one.number(4, 1) === null ? null : one.number(4, 1)! - 1,
    Use: one.number(5, 1),
    MemoryErrorCorrection: one.number(6, 1),
    MaxCapacity: kilobytes === null || kilobytes > 0xffff_ffff ? null : kilobytes,
    MaxCapacityEx: kilobytes,
    MemoryDevices: one.number(13, 2),
  });
}

async function structures(host: LinuxHost, type: number): Promise<readonly SmbiosStructure[]> {
  const table = await host.bytes('sys/firmware/dmi/tables/DMI');
  return table ? readSmbios(table).filter((one) => one.type === type) : [];
}

/** Memory modules, from the firmware's table; none where there is no such table. */
export const physicalMemoryFamily = (host: LinuxHost): ClassFamily => ({
  classes: [memory, array],
  sources: {
    Win32_PhysicalMemory: {
      list: async function* () {
        const slots = (await structures(host, 17)).filter((one) => capacity(one) !== null);
        yield* slots.map(module_);
      },
    },
    Win32_PhysicalMemoryArray: {
      list: async function* () {
        yield* (await structures(host, 16)).map(arrayOf);
      },
    },
  },
});
