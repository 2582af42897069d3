import { stat } from 'node:fs/promises';
import type { CimValue } from '@atelier/cim';
import type { CimSource, OperationContext } from '@atelier/plugin-kit';
import { loggedOnUsers } from '../accounts/logged-on.ts';
import { defineClass, defineMethod, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import {
  architecture,
  bootTime,
  domainName,
  memoryInfo,
  momentOf,
  osRelease,
  processIds,
  zoneMinutes,
} from './system-facts.ts';

const operatingSystem = defineClass({
  name: 'Win32_OperatingSystem',
  superclass: 'CIM_OperatingSystem',
  keys: 'Name',
  string:
    'Name BootDevice BuildNumber BuildType CodeSet CountryCode CSDVersion Manufacturer Organization OSArchitecture PlusProductID PlusVersionNumber RegisteredUser SerialNumber SystemDevice SystemDirectory SystemDrive WindowsDirectory Locale',
  boolean:
    'DataExecutionPrevention_Available DataExecutionPrevention_32BitApplications DataExecutionPrevention_Drivers Debug PAEEnabled PortableOperatingSystem Primary',
  uint8: 'DataExecutionPrevention_SupportPolicy ForegroundApplicationBoost',
  uint32: 'EncryptionLevel LargeSystemCache OperatingSystemSKU OSLanguage OSProductSuite ProductType SuiteMask',
  uint16: 'ServicePackMajorVersion ServicePackMinorVersion',
  strings: 'MUILanguages',
  methods: [
    defineMethod('Reboot'),
    defineMethod('Shutdown'),
    defineMethod('Win32Shutdown', { in: { Flags: 'sint32', Reserved: 'sint32' }, required: ['Flags'] }),
  ],
});

/** Windows' error numbers of the power methods. */
const accessDenied = 5;
const notSupported = 50;
const failed = 31;

async function values(host: LinuxHost, context: OperationContext): Promise<Readonly<Record<string, CimValue>>> {
  const [memory, release, ids, boot, users] = await Promise.all([
    memoryInfo(host),
    osRelease(host),
    processIds(host),
    bootTime(host),
    loggedOnUsers(host, context.signal),
  ]);
  const kernel = await host.line('proc/sys/kernel/osrelease');
  const born = await stat(host.path('/')).then(
    (one) => (one.birthtimeMs > 0 ? one.birthtime : null),
    () => null,
  );
  const free = memory('MemAvailable') ?? memory('MemFree');
  const swapTotal = memory('SwapTotal');
  const swapFree = memory('SwapFree');
  const total = memory('MemTotal');
  const sum = (a: number | null, b: number | null): number | null => (a === null ? null : a + (b ?? 0));
  const now = new Date();
  const caption = release.get('PRETTY_NAME') ?? 'Linux';
  return {
    Name: `${caption}|/|`,
    Caption: caption,
    Description: kernel === null ? null : `Linux ${kernel}`,
    Status: 'OK',
    Version: release.get('VERSION_ID') ?? kernel,
    BuildNumber: kernel,
    BuildType: 'Multiprocessor Free',
    Manufacturer: release.get('NAME') ?? null,
    OSArchitecture: architecture(),
    OSType: 36,
    OtherTypeDescription: release.get('ID') ?? null,
    CSName: host.name,
    CSCreationClassName: 'Win32_ComputerSystem',
    CreationClassName: 'Win32_OperatingSystem',
    CurrentTimeZone: zoneMinutes(now),
    LocalDateTime: momentOf(now),
    LastBootUpTime: momentOf(boot),
    InstallDate: momentOf(born),
    FreePhysicalMemory: free,
    TotalVisibleMemorySize: total,
    FreeVirtualMemory: sum(free, swapFree),
    TotalVirtualMemorySize: sum(total, swapTotal),
    FreeSpaceInPagingFiles: swapFree,
    SizeStoredInPagingFiles: swapTotal,
    NumberOfProcesses: ids.length,
    NumberOfUsers: users.length,
    NumberOfLicensedUsers: 0,
    MaxNumberOfProcesses: await host.number('proc/sys/kernel/pid_max'),
    Distributed: false,
    Debug: false,
    Primary: true,
    PortableOperatingSystem: false,
    ProductType: 3,
    SystemDrive: '/',
    SystemDirectory: '/usr/bin',
    WindowsDirectory: '/usr',
    CodeSet: '65001',
    Organization: await domainName(host),
    SerialNumber: await host.line('etc/machine-id'),
    ServicePackMajorVersion: 0,
    ServicePackMinorVersion: 0,
    EncryptionLevel: 256,
    MUILanguages: ['en-US'],
    OSLanguage: 1033,
    Locale: '0409',
    CountryCode: '1',
  };
}

/** Switches the machine. Only administrators may; gives Windows' error number. */
async function power(host: LinuxHost, verb: 'reboot' | 'poweroff', context: OperationContext): Promise<number> {
  if (!context.user.administrator) return accessDenied;
  const done = await host.execute(host.programs.systemctl, ['--no-block', verb], context.signal);
  return done.code === 0 ? 0 : done.code === null ? notSupported : failed;
}

function verbOf(method: string, flags: number): 'reboot' | 'poweroff' | null {
  if (method !== 'Win32Shutdown') return method === 'Reboot' ? 'reboot' : 'poweroff';
  const action = flags & ~4;
  return action === 2 ? 'reboot' : action === 1 || action === 8 ? 'poweroff' : null;
}

const source = (host: LinuxHost): CimSource => ({
  list: async function* (_, context) {
    yield instanceOf('Win32_OperatingSystem', await values(host, context));
  },
  invoke: async (method, _, input, context) => {
    const verb = verbOf(method, Number(input.Flags ?? 0));
    return { ReturnValue: verb ? await power(host, verb, context) : notSupported };
  },
});

export const operatingSystemFamily = (host: LinuxHost): ClassFamily => ({
  classes: [operatingSystem],
  sources: { Win32_OperatingSystem: source(host) },
});
