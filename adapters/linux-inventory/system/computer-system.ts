import type { CimValue } from '@atelier/cim';
import type { CimSource, OperationContext } from '@atelier/plugin-kit';
import { loggedOnUsers } from '../accounts/logged-on.ts';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { domainName, memoryInfo, momentOf, processorCount, underHypervisor } from './system-facts.ts';

const dmi = 'sys/class/dmi/id';

const computerSystem = defineClass({
  name: 'Win32_ComputerSystem',
  superclass: 'CIM_UnitaryComputerSystem',
  keys: 'Name',
  uint16:
    'AdminPasswordStatus BootOptionOnLimit BootOptionOnWatchDog ChassisBootupState DomainRole FrontPanelResetStatus KeyboardPasswordStatus PCSystemType PCSystemTypeEx PowerOnPasswordStatus PowerSupplyState ThermalState WakeUpType',
  boolean:
    'AutomaticManagedPagefile AutomaticResetBootOption AutomaticResetCapability BootROMSupported DaylightInEffect EnableDaylightSavingsTime HypervisorPresent InfraredSupported NetworkServerModeEnabled PartOfDomain',
  string:
    'Name BootupState ChassisSKUNumber DNSHostName Domain Manufacturer Model SupportContactDescription SystemFamily SystemSKUNumber SystemType UserName Workgroup',
  sint16: 'CurrentTimeZone ResetCount ResetLimit',
  uint32: 'NumberOfLogicalProcessors NumberOfProcessors',
  sint64: 'PauseAfterReset',
  uint64: 'TotalPhysicalMemory',
  strings: 'OEMStringArray SupportContact SystemStartupOptions',
  uint16s: 'BootStatus',
  uint8s: 'OEMLogoBitmap',
  uint8: 'SystemStartupDelay SystemStartupSetting',
  units: { TotalPhysicalMemory: 'bytes' },
});

const product = defineClass({
  name: 'Win32_ComputerSystemProduct',
  superclass: 'CIM_Product',
  keys: 'IdentifyingNumber Name Version',
  string: 'IdentifyingNumber Name Version UUID',
});

const bios = defineClass({
  name: 'Win32_BIOS',
  superclass: 'CIM_BIOSElement',
  keys: 'Name SoftwareElementID SoftwareElementState TargetOperatingSystem Version',
  string: 'Name SoftwareElementID Version CurrentLanguage SMBIOSBIOSVersion',
  uint16: 'SoftwareElementState TargetOperatingSystem InstallableLanguages SMBIOSMajorVersion SMBIOSMinorVersion',
  uint16s: 'BiosCharacteristics',
  uint8: 'EmbeddedControllerMajorVersion EmbeddedControllerMinorVersion SystemBiosMajorVersion SystemBiosMinorVersion',
  strings: 'BIOSVersion ListOfLanguages',
  datetime: 'ReleaseDate',
  boolean: 'SMBIOSPresent',
});

const board = defineClass({
  name: 'Win32_BaseBoard',
  superclass: 'CIM_Card',
  keys: 'Tag',
  string: 'Tag Product',
  strings: 'ConfigOptions',
});

const enclosure = defineClass({
  name: 'Win32_SystemEnclosure',
  superclass: 'CIM_Chassis',
  keys: 'Tag',
  string: 'Tag SMBIOSAssetTag',
  uint16: 'SecurityStatus',
});

async function systemValues(host: LinuxHost, context: OperationContext): Promise<Readonly<Record<string, CimValue>>> {
  const [memory, domain, users] = [
    await memoryInfo(host),
    await domainName(host),
    await loggedOnUsers(host, context.signal),
  ];
  const cpuinfo = (await host.text('proc/cpuinfo')) ?? '';
  const sockets = new Set([...cpuinfo.matchAll(/^physical id\s*:\s*(\d+)/gm)].map((one) => one[1])).size || 1;
  const kilobytes = memory('MemTotal');
  const joined = (await host.text('etc/sssd/sssd.conf')) !== null && domain !== null;
  return {
    Name: host.name,
    Caption: host.name,
    Description: 'Linux computer',
    Status: 'OK',
    DNSHostName: host.name.split('.')[0]!,
    Domain: domain ?? 'WORKGROUP',
    Workgroup: joined ? null : 'WORKGROUP',
    PartOfDomain: joined,
    DomainRole: joined ? 3 : 2,
    Manufacturer: await host.line(`${dmi}/sys_vendor`),
    Model: await host.line(`${dmi}/product_name`),
    SystemFamily: await host.line(`${dmi}/product_family`),
    SystemSKUNumber: await host.line(`${dmi}/product_sku`),
    SystemType: process.arch === 'x64' ? 'x64-based PC' : `${process.arch}-based PC`,
    UserName: users[0]?.user ?? null,
    PrimaryOwnerName: 'root',
    Roles: ['LM_Workstation', 'LM_Server'],
    TotalPhysicalMemory: kilobytes === null ? null : kilobytes * 1024,
    NumberOfProcessors: sockets,
    NumberOfLogicalProcessors: await processorCount(host),
    HypervisorPresent: await underHypervisor(host),
    CurrentTimeZone: -new Date().getTimezoneOffset(),
    EnableDaylightSavingsTime: true,
    BootupState: 'Normal boot',
    ChassisBootupState: 3,
    PowerState: 0,
    PowerSupplyState: 3,
    ThermalState: 3,
    WakeUpType: 6,
    PCSystemType: 4,
    NetworkServerModeEnabled: true,
    AutomaticManagedPagefile: false,
    BootROMSupported: true,
    CreationClassName: 'Win32_ComputerSystem',
  };
}

/** `mm/dd/yyyy` of the firmware. */
function firmwareDate(text: string | null): Date | null {
  const found = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text ?? '');
  return found ? new Date(Date.UTC(Number(found[3]), Number(found[1]) - 1, Number(found[2]))) : null;
}

const one = (
  values: (context: OperationContext) => Promise<Readonly<Record<string, CimValue>>>,
  className: string,
): CimSource => ({
  list: async function* (_, context) {
    yield instanceOf(className, await values(context));
  },
});

/** The machine as such and its firmware. Where the firmware tells nothing (containers, small boards) the values are null. */
export function computerSystemFamily(host: LinuxHost): ClassFamily {
  const line = (name: string): Promise<string | null> => host.line(`${dmi}/${name}`);
  return {
    classes: [computerSystem, product, bios, board, enclosure],
    sources: {
      Win32_ComputerSystem: one((context) => systemValues(host, context), 'Win32_ComputerSystem'),
      Win32_ComputerSystemProduct: one(
        async () => ({
          IdentifyingNumber: (await line('product_serial')) ?? '',
          Name: (await line('product_name')) ?? '',
          Version: (await line('product_version')) ?? '',
          UUID: (await line('product_uuid'))?.toUpperCase() ?? null,
          Vendor: await line('sys_vendor'),
          Caption: 'Computer System Product',
          Description: 'Computer System Product',
          SKUNumber: await line('product_sku'),
        }),
        'Win32_ComputerSystemProduct',
      ),
      Win32_BIOS: one(async () => {
        const version = await line('bios_version');
        const [major, minor] = ((await line('bios_release')) ?? '').split('.');
        const name = version ?? 'BIOS';
        return {
          Name: name,
          Caption: name,
          Description: name,
          SoftwareElementID: name,
          SoftwareElementState: 3,
          TargetOperatingSystem: 0,
          Version: version ?? '',
          BIOSVersion: version === null ? null : [version],
          SMBIOSBIOSVersion: version,
          SMBIOSPresent: version !== null,
          Manufacturer: await line('bios_vendor'),
          SerialNumber: await line('product_serial'),
          ReleaseDate: momentOf(firmwareDate(await line('bios_date'))),
          SystemBiosMajorVersion: major ? Number(major) : null,
          SystemBiosMinorVersion: minor ? Number(minor) : null,
          PrimaryBIOS: true,
          Status: 'OK',
        };
      }, 'Win32_BIOS'),
      Win32_BaseBoard: one(
        async () => ({
          Tag: 'Base Board',
          Name: 'Base Board',
          Caption: 'Base Board',
          Description: 'Base Board',
          CreationClassName: 'Win32_BaseBoard',
          Manufacturer: await line('board_vendor'),
          Product: await line('board_name'),
          SerialNumber: await line('board_serial'),
          Version: await line('board_version'),
          HostingBoard: true,
          PoweredOn: true,
          Status: 'OK',
        }),
        'Win32_BaseBoard',
      ),
      Win32_SystemEnclosure: one(async () => {
        const type = await host.number(`${dmi}/chassis_type`);
        return {
          Tag: 'System Enclosure 0',
          Name: 'System Enclosure',
          Caption: 'System Enclosure',
          Description: 'System Enclosure',
          CreationClassName: 'Win32_SystemEnclosure',
          ChassisTypes: type === null ? null : [type],
          Manufacturer: await line('chassis_vendor'),
          SerialNumber: await line('chassis_serial'),
          SMBIOSAssetTag: await line('chassis_asset_tag'),
          Version: await line('chassis_version'),
          Status: 'OK',
        };
      }, 'Win32_SystemEnclosure'),
    },
  };
}
