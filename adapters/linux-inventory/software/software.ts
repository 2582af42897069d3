import type { CimInstance } from '@atelier/cim';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { packageDate, readPackages, readUpgrades, stableGuid } from './packages.ts';

const product = defineClass({
  name: 'Win32_Product',
  superclass: 'CIM_Product',
  keys: 'IdentifyingNumber Name Version',
  string:
    'IdentifyingNumber Name Version HelpLink HelpTelephone InstallDate InstallLocation InstallSource Language LocalPackage PackageCache PackageCode PackageName ProductID RegCompany RegOwner Transforms URLInfoAbout URLUpdateInfo',
  datetime: 'InstallDate2',
  sint16: 'InstallState',
  uint32: 'AssignmentType WordCount',
});
const installed = defineClass({
  name: 'Win32_InstalledWin32Program',
  superclass: 'CIM_LogicalElement',
  keys: 'ProgramId',
  string: 'ProgramId Language MsiPackageCode MsiProductCode Vendor Version',
});
const fix = defineClass({
  name: 'Win32_QuickFixEngineering',
  superclass: 'CIM_Setting',
  keys: 'HotFixID ServicePackInEffect',
  string: 'HotFixID ServicePackInEffect CSName FixComments InstalledBy InstalledOn Name Status',
  datetime: 'InstallDate',
});

const day = (date: Date | null): string | null =>
  date &&
  `${date.getFullYear()}${String(date.getMonth() + 1).padStart(2, '0')}${String(date.getDate()).padStart(2, '0')}`;

async function* products(host: LinuxHost): AsyncIterable<CimInstance> {
  for await (const one of readPackages(host)) {
    const date = await packageDate(host, one);
    yield instanceOf('Win32_Product', {
      IdentifyingNumber: stableGuid(`${one.name}:${one.architecture}`),
      Name: one.name,
      Version: one.version,
      Caption: one.name,
      Description: one.summary ?? one.name,
      Vendor: one.maintainer,
      InstallDate: day(date),
      InstallState: 5,
      AssignmentType: 1,
      PackageName: `${one.name}_${one.version.replace(/^\d+:/, '')}_${one.architecture}.deb`,
      PackageCode: stableGuid(`${one.name}:${one.architecture}=${one.version}`),
      URLInfoAbout: one.homepage,
      Language: '0',
    });
  }
}

async function* programs(host: LinuxHost): AsyncIterable<CimInstance> {
  for await (const one of readPackages(host))
    yield instanceOf('Win32_InstalledWin32Program', {
      ProgramId: stableGuid(`${one.name}:${one.architecture}=${one.version}`),
      Name: one.name,
      Caption: one.name,
      Description: one.summary,
      Vendor: one.maintainer,
      Version: one.version,
    });
}

async function* fixes(host: LinuxHost): AsyncIterable<CimInstance> {
  const seen = new Set<string>();
  for await (const one of readUpgrades(host)) {
    const id = `${one.name}_${one.version}`;
    if (seen.has(id)) continue;
    seen.add(id);
    yield instanceOf('Win32_QuickFixEngineering', {
      HotFixID: id,
      ServicePackInEffect: '',
      Caption: one.name,
      Description: 'Update',
      FixComments: one.version,
      CSName: host.name,
      InstalledBy: 'root',
      InstalledOn: `${one.at.getMonth() + 1}/${one.at.getDate()}/${one.at.getFullYear()}`,
    });
  }
}

/** Installed packages and updates, from dpkg's own files. Listing has no side effects, other than on Windows. */
export const softwareFamily = (host: LinuxHost): ClassFamily => ({
  classes: [product, installed, fix],
  sources: {
    Win32_Product: { list: () => products(host) },
    Win32_InstalledWin32Program: { list: () => programs(host) },
    Win32_QuickFixEngineering: { list: () => fixes(host) },
  },
});
