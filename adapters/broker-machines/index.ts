export { magicPacket } from './drivers/wake-on-lan.ts';
export type { ImageDisks } from './image-disks.ts';
export type { Machine, MachineEnvironment } from './machine.ts';
export type { MachineDriver, Power } from './machine-driver.ts';
export { type DriverParts, hasDriver, openDriver } from './open-driver.ts';
export { type Machines, type MachinesOptions, openMachines } from './open-machines.ts';
