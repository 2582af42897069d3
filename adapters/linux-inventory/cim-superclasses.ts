import type { CimClass } from '@atelier/cim';
import { defineClass } from './define-class.ts';

const abstract = (
  name: string,
  superclass: string | undefined,
  more: Partial<Parameters<typeof defineClass>[0]> = {},
): CimClass => defineClass({ name, superclass, abstract: true, ...more });

/** What DMTF's schema puts above the classes of Windows, so that queries for CIM_Process, CIM_Service … find them. */
export const superclasses: readonly CimClass[] = [
  abstract('CIM_ManagedSystemElement', undefined, {
    string: 'Caption Description Name Status',
    datetime: 'InstallDate',
  }),
  abstract('CIM_LogicalElement', 'CIM_ManagedSystemElement'),
  abstract('CIM_PhysicalElement', 'CIM_ManagedSystemElement', {
    string: 'CreationClassName Manufacturer Model OtherIdentifyingInfo PartNumber SerialNumber SKU Tag Version',
    boolean: 'PoweredOn',
  }),
  abstract('CIM_PhysicalComponent', 'CIM_PhysicalElement', { boolean: 'HotSwappable Removable Replaceable' }),
  abstract('CIM_Chip', 'CIM_PhysicalComponent', { uint16: 'FormFactor' }),
  abstract('CIM_PhysicalMemory', 'CIM_Chip', {
    string: 'BankLabel',
    uint64: 'Capacity',
    uint16: 'DataWidth MemoryType TotalWidth',
    uint32: 'InterleavePosition PositionInRow Speed',
    units: { Capacity: 'bytes' },
  }),
  abstract('CIM_PhysicalPackage', 'CIM_PhysicalElement', {
    real32: 'Depth Height Weight Width',
    boolean: 'HotSwappable Removable Replaceable',
  }),
  abstract('CIM_Card', 'CIM_PhysicalPackage', {
    boolean: 'HostingBoard RequiresDaughterBoard SpecialRequirements',
    string: 'RequirementsDescription SlotLayout',
  }),
  abstract('CIM_Chassis', 'CIM_PhysicalPackage', {
    boolean: 'AudibleAlarm LockPresent VisibleAlarm',
    string: 'BreachDescription CableManagementStrategy',
    uint16: 'CurrentRequiredOrProduced HeatGeneration NumberOfPowerCords SecurityBreach',
    uint16s: 'ChassisTypes ServicePhilosophy',
    strings: 'ServiceDescriptions TypeDescriptions',
  }),
  abstract('CIM_System', 'CIM_LogicalElement', {
    string: 'CreationClassName NameFormat PrimaryOwnerContact PrimaryOwnerName',
    strings: 'Roles',
  }),
  abstract('CIM_ComputerSystem', 'CIM_System'),
  abstract('CIM_UnitaryComputerSystem', 'CIM_ComputerSystem', {
    strings: 'InitialLoadInfo',
    string: 'LastLoadInfo',
    boolean: 'PowerManagementSupported',
    uint16s: 'PowerManagementCapabilities',
    uint16: 'PowerState ResetCapability',
  }),
  abstract('CIM_OperatingSystem', 'CIM_LogicalElement', {
    string: 'CreationClassName CSCreationClassName CSName OtherTypeDescription Version',
    sint16: 'CurrentTimeZone',
    boolean: 'Distributed',
    uint64:
      'FreePhysicalMemory FreeSpaceInPagingFiles FreeVirtualMemory MaxProcessMemorySize SizeStoredInPagingFiles TotalSwapSpaceSize TotalVirtualMemorySize TotalVisibleMemorySize',
    datetime: 'LastBootUpTime LocalDateTime',
    uint32: 'MaxNumberOfProcesses NumberOfLicensedUsers NumberOfProcesses NumberOfUsers',
    uint16: 'OSType',
  }),
  abstract('CIM_Process', 'CIM_LogicalElement', {
    string: 'CreationClassName CSCreationClassName CSName Handle OSCreationClassName OSName',
    datetime: 'CreationDate TerminationDate',
    uint16: 'ExecutionState',
    uint64: 'KernelModeTime UserModeTime WorkingSetSize',
    uint32: 'Priority',
  }),
  abstract('CIM_Thread', 'CIM_LogicalElement', {
    string:
      'CreationClassName CSCreationClassName CSName Handle OSCreationClassName OSName ProcessCreationClassName ProcessHandle',
    uint16: 'ExecutionState',
    uint64: 'KernelModeTime UserModeTime',
    uint32: 'Priority',
  }),
  abstract('CIM_Service', 'CIM_LogicalElement', {
    string: 'CreationClassName StartMode SystemCreationClassName SystemName',
    boolean: 'Started',
  }),
  abstract('CIM_LogicalDevice', 'CIM_LogicalElement', {
    uint16: 'Availability StatusInfo',
    uint32: 'ConfigManagerErrorCode LastErrorCode',
    boolean: 'ConfigManagerUserConfig ErrorCleared PowerManagementSupported',
    string: 'CreationClassName DeviceID ErrorDescription PNPDeviceID SystemCreationClassName SystemName',
    uint16s: 'PowerManagementCapabilities',
  }),
  abstract('CIM_Processor', 'CIM_LogicalDevice', {
    uint16: 'AddressWidth DataWidth Family LoadPercentage UpgradeMethod',
    uint32: 'CurrentClockSpeed MaxClockSpeed',
    string: 'OtherFamilyDescription Role Stepping UniqueId',
  }),
  abstract('CIM_StorageExtent', 'CIM_LogicalDevice', {
    uint16: 'Access',
    uint64: 'BlockSize NumberOfBlocks',
    string: 'ErrorMethodology Purpose',
  }),
  abstract('CIM_LogicalDisk', 'CIM_StorageExtent', {
    uint64: 'FreeSpace Size',
    units: { FreeSpace: 'bytes', Size: 'bytes' },
  }),
  abstract('CIM_StorageVolume', 'CIM_StorageExtent'),
  abstract('CIM_DiskPartition', 'CIM_StorageExtent', { boolean: 'Bootable PrimaryPartition' }),
  abstract('CIM_MediaAccessDevice', 'CIM_LogicalDevice', {
    uint16s: 'Capabilities',
    strings: 'CapabilityDescriptions',
    string: 'CompressionMethod ErrorMethodology',
    uint64: 'DefaultBlockSize MaxBlockSize MaxMediaSize MinBlockSize',
    boolean: 'NeedsCleaning',
    uint32: 'NumberOfMediaSupported',
  }),
  abstract('CIM_DiskDrive', 'CIM_MediaAccessDevice'),
  abstract('CIM_NetworkAdapter', 'CIM_LogicalDevice', {
    boolean: 'AutoSense',
    uint64: 'MaxSpeed Speed',
    strings: 'NetworkAddresses',
    string: 'PermanentAddress',
  }),
  abstract('CIM_Setting', undefined, { string: 'Caption Description SettingID' }),
  abstract('CIM_SoftwareElement', 'CIM_LogicalElement', {
    string:
      'BuildNumber CodeSet IdentificationCode LanguageEdition Manufacturer OtherTargetOS SerialNumber SoftwareElementID Version',
    uint16: 'SoftwareElementState TargetOperatingSystem',
  }),
  abstract('CIM_BIOSElement', 'CIM_SoftwareElement', { boolean: 'PrimaryBIOS' }),
  abstract('CIM_Product', undefined, { string: 'Caption Description IdentifyingNumber Name SKUNumber Vendor Version' }),
  abstract('CIM_Job', 'CIM_LogicalElement', {
    datetime: 'ElapsedTime StartTime UntilTime',
    string: 'JobStatus Notify Owner',
    uint32: 'Priority',
  }),
  abstract('CIM_StatisticalInformation', undefined, { string: 'Caption Description Name' }),
  ...['CIM_Dependency', 'CIM_Component', 'CIM_ElementSetting', 'CIM_SystemComponent'].map((name) => ({
    name,
    abstract: true,
    association: true,
    properties: [],
  })),
];
