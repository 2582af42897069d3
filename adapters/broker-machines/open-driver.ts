import { z } from 'zod';
import { commandDriver } from './drivers/command.ts';
import { ipmiDriver } from './drivers/ipmi.ts';
import { libvirtDriver } from './drivers/libvirt.ts';
import { qemuDriver } from './drivers/qemu.ts';
import { wakeOnLanDriver } from './drivers/wake-on-lan.ts';
import type { ImageDisks } from './image-disks.ts';
import type { MachineEnvironment } from './machine.ts';
import type { MachineDriver } from './machine-driver.ts';

export interface DriverParts {
  /** Where virtual machines of this machine have their folders. */
  readonly folder: string;
  readonly images: ImageDisks;
}

const drivers: Readonly<Record<string, (settings: unknown, parts: DriverParts) => MachineDriver>> = {
  qemu: qemuDriver,
  libvirt: libvirtDriver,
  ipmi: ipmiDriver,
  'wake-on-lan': wakeOnLanDriver,
  command: commandDriver,
};

/** Whether machines of this environment can be switched by the broker itself. */
export const hasDriver = (name: string): boolean => Object.hasOwn(drivers, name);

/** The driver of an environment. Throws when its settings are wrong; the message names the first one. */
export function openDriver({ name, driver, settings }: MachineEnvironment, parts: DriverParts): MachineDriver {
  const open = hasDriver(driver) ? drivers[driver] : undefined;
  if (!open)
    throw new Error(
      `the environment ${name} has the driver "${driver}", which is none of ${Object.keys(drivers).join(', ')}`,
    );
  try {
    return open(settings, parts);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0];
    throw new Error(`the settings of the environment ${name}: ${issue?.path.join('.') || 'they'}: ${issue?.message}`, {
      cause: error,
    });
  }
}
