import type { CimInstance } from '@atelier/cim';
import { associationOf, defineAssociation, defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import type { LinuxHost } from '../linux-host.ts';
import { type BlockDisk, type BlockPartition, readDisks } from './block-devices.ts';
import { fileSystemLink, isNetworkMount, type Mount, mountSpace, readMounts } from './mounts.ts';

const logicalDisk = defineClass({
  name: 'Win32_LogicalDisk',
  superclass: 'CIM_LogicalDisk',
  keys: 'DeviceID',
  string: 'DeviceID FileSystem ProviderName VolumeName VolumeSerialNumber',
  boolean:
    'Compressed QuotasDisabled QuotasIncomplete QuotasRebuilding SupportsDiskQuotas SupportsFileBasedCompression VolumeDirty',
  uint32: 'DriveType MaximumComponentLength MediaType',
});
const volume = defineClass({
  name: 'Win32_Volume',
  superclass: 'CIM_StorageVolume',
  keys: 'DeviceID',
  string: 'DeviceID DriveLetter FileSystem Label',
  uint64: 'Capacity FreeSpace',
  boolean:
    'Automount BootVolume Compressed DirtyBitSet IndexingEnabled PageFilePresent QuotasEnabled QuotasIncomplete QuotasRebuilding SupportsDiskQuotas SupportsFileBasedCompression SystemVolume',
  uint32: 'DriveType MaximumFileNameLength SerialNumber',
});
const diskDrive = defineClass({
  name: 'Win32_DiskDrive',
  superclass: 'CIM_DiskDrive',
  keys: 'DeviceID',
  string: 'DeviceID FirmwareRevision InterfaceType Manufacturer MediaType Model SerialNumber',
  uint32: 'BytesPerSector Index Partitions SCSIBus SectorsPerTrack Signature TotalHeads TracksPerCylinder',
  uint16: 'SCSILogicalUnit SCSIPort SCSITargetId',
  uint64: 'Size TotalCylinders TotalSectors TotalTracks',
  boolean: 'MediaLoaded',
});
const partition = defineClass({
  name: 'Win32_DiskPartition',
  superclass: 'CIM_DiskPartition',
  keys: 'DeviceID',
  string: 'DeviceID Type',
  boolean: 'BootPartition RewritePartition',
  uint32: 'DiskIndex HiddenSectors Index',
  uint64: 'Size StartingOffset',
});

const device = (host: LinuxHost, className: string) => ({
  CreationClassName: className,
  SystemCreationClassName: 'Win32_ComputerSystem',
  SystemName: host.name,
  Status: 'OK',
  PowerManagementSupported: false,
});
const driveType = (mount: Mount, disks: readonly BlockDisk[]): number => {
  if (isNetworkMount(mount)) return 4;
  if (mount.type === 'iso9660' || mount.type === 'udf') return 5;
  return disks.some((one) => one.removable && mount.device.startsWith(`/dev/${one.name}`)) ? 2 : 3;
};

async function* logicalDisks(host: LinuxHost): AsyncIterable<CimInstance> {
  const disks = await readDisks(host);
  for (const mount of await readMounts(host)) {
    const type = driveType(mount, disks);
    const space = await mountSpace(host, mount);
    yield instanceOf('Win32_LogicalDisk', {
      ...device(host, 'Win32_LogicalDisk'),
      DeviceID: mount.point,
      Name: mount.point,
      Caption: mount.point,
      Description:
        type === 4
          ? 'Network Connection'
          : type === 5
            ? 'CD-ROM Disc'
            : type === 2
              ? 'Removable Disk'
              : 'Local Fixed Disk',
      DriveType: type,
      MediaType: type === 3 ? 12 : type === 2 ? 11 : 0,
      FileSystem: mount.type,
      ProviderName: type === 4 ? mount.device : null,
      Size: space?.size ?? null,
      FreeSpace: space?.free ?? null,
      VolumeName: await fileSystemLink(host, mount, 'by-label'),
      VolumeSerialNumber: (await fileSystemLink(host, mount, 'by-uuid'))?.slice(0, 8).toUpperCase() ?? null,
      Access: mount.readOnly ? 1 : 3,
      MaximumComponentLength: 255,
      Compressed: false,
      SupportsFileBasedCompression: false,
      VolumeDirty: false,
    });
  }
}

async function* volumes(host: LinuxHost): AsyncIterable<CimInstance> {
  const disks = await readDisks(host);
  for (const mount of await readMounts(host)) {
    const space = await mountSpace(host, mount);
    yield instanceOf('Win32_Volume', {
      ...device(host, 'Win32_Volume'),
      DeviceID: mount.device,
      Name: mount.point,
      Caption: mount.point,
      DriveType: driveType(mount, disks),
      FileSystem: mount.type,
      Capacity: space?.size ?? null,
      FreeSpace: space?.free ?? null,
      BlockSize: space?.blockSize ?? null,
      NumberOfBlocks: space?.blocks ?? null,
      Label: await fileSystemLink(host, mount, 'by-label'),
      BootVolume: mount.point === '/',
      SystemVolume: mount.point === '/boot' || mount.point === '/boot/efi',
      Automount: true,
      Compressed: false,
      DirtyBitSet: false,
      IndexingEnabled: false,
      MaximumFileNameLength: 255,
      Access: mount.readOnly ? 1 : 3,
    });
  }
}

const busOf = (name: string): string =>
  name.startsWith('nvme')
    ? 'SCSI'
    : name.startsWith('mmc')
      ? 'SD'
      : name.startsWith('vd') || name.startsWith('sd')
        ? 'SCSI'
        : 'IDE';

const drive = (host: LinuxHost, one: BlockDisk): CimInstance =>
  instanceOf('Win32_DiskDrive', {
    ...device(host, 'Win32_DiskDrive'),
    DeviceID: `/dev/${one.name}`,
    Name: `/dev/${one.name}`,
    Caption: one.model ?? one.name,
    Description: 'Disk drive',
    Model: one.model ?? one.name,
    Manufacturer: one.vendor,
    SerialNumber: one.serial,
    FirmwareRevision: one.firmware,
    Index: one.index,
    Size: one.size,
    BytesPerSector: one.sector,
    TotalSectors: Math.floor(one.size / one.sector),
    Partitions: one.partitions.length,
    InterfaceType: busOf(one.name),
    MediaLoaded: true,
    MediaType: one.removable ? 'Removable Media' : 'Fixed hard disk media',
    Capabilities: [3, 4],
    CapabilityDescriptions: ['Random Access', 'Supports Writing'],
    PNPDeviceID: one.name,
  });

const partitionId = (disk: BlockDisk, one: BlockPartition): string => `Disk #${disk.index}, Partition #${one.index}`;

const partitionOf = (host: LinuxHost, disk: BlockDisk, one: BlockPartition): CimInstance =>
  instanceOf('Win32_DiskPartition', {
    ...device(host, 'Win32_DiskPartition'),
    DeviceID: partitionId(disk, one),
    Name: partitionId(disk, one),
    Caption: `/dev/${one.name}`,
    Description: 'Installable File System',
    DiskIndex: disk.index,
    Index: one.index,
    Size: one.size,
    StartingOffset: one.start,
    BlockSize: disk.sector,
    NumberOfBlocks: Math.floor(one.size / disk.sector),
    PrimaryPartition: true,
    Access: one.readOnly ? 1 : 3,
    Type: 'Installable File System',
  });

async function* each<T>(host: LinuxHost, make: (disk: BlockDisk) => Iterable<T>): AsyncIterable<T> {
  for (const disk of await readDisks(host)) yield* make(disk);
}

async function* diskToPartition(host: LinuxHost): AsyncIterable<CimInstance> {
  const disks = await readDisks(host);
  for (const mount of await readMounts(host))
    for (const disk of disks)
      for (const one of disk.partitions)
        if (mount.device === `/dev/${one.name}`)
          yield associationOf('Win32_LogicalDiskToPartition', {
            Antecedent: ['Win32_DiskPartition', { DeviceID: partitionId(disk, one) }],
            Dependent: ['Win32_LogicalDisk', { DeviceID: mount.point }],
          });
}

/** Disks, partitions, mounted file systems, and which lies on which. */
export const storageFamily = (host: LinuxHost): ClassFamily => ({
  classes: [
    logicalDisk,
    volume,
    diskDrive,
    partition,
    defineAssociation('Win32_LogicalDiskToPartition', 'CIM_Dependency', {
      Antecedent: 'Win32_DiskPartition',
      Dependent: 'Win32_LogicalDisk',
    }),
    defineAssociation('Win32_DiskDriveToDiskPartition', 'CIM_Dependency', {
      Antecedent: 'Win32_DiskDrive',
      Dependent: 'Win32_DiskPartition',
    }),
  ],
  sources: {
    Win32_LogicalDisk: { list: () => logicalDisks(host) },
    Win32_Volume: { list: () => volumes(host) },
    Win32_DiskDrive: { list: () => each(host, (disk) => [drive(host, disk)]) },
    Win32_DiskPartition: {
      list: () => each(host, (disk) => disk.partitions.map((one) => partitionOf(host, disk, one))),
    },
    Win32_LogicalDiskToPartition: { list: () => diskToPartition(host) },
    Win32_DiskDriveToDiskPartition: {
      list: () =>
        each(host, (disk) =>
          disk.partitions.map((one) =>
            associationOf('Win32_DiskDriveToDiskPartition', {
              Antecedent: ['Win32_DiskDrive', { DeviceID: `/dev/${disk.name}` }],
              Dependent: ['Win32_DiskPartition', { DeviceID: partitionId(disk, one) }],
            }),
          ),
        ),
    },
  },
});
