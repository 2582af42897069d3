export { createEventLogProvider } from './event-log/event-log-provider.ts';
export type { FurtherLog, LogEntry } from './event-log/log-entry.ts';
export { createLinuxHost, type HostPrograms, type LinuxHost, type LinuxHostOptions } from './linux-host.ts';
export { createLinuxInventory } from './linux-inventory.ts';
export {
  createMedvProvider,
  type FirstTimeSetupStatus,
  type MedvFacts,
  type MedvSettings,
} from './medv/medv-provider.ts';
