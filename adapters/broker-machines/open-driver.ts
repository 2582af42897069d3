import { type EnvironmentDriver, isEnvironmentDriver } from '@atelier/domain/broker';
import { z } from 'zod';
import type { DriverParts, OwnParts } from './driver-parts.ts';
import { commandDriver } from './drivers/command.ts';
import { ipmiDriver } from './drivers/ipmi.ts';
import { libvirtDriver } from './drivers/libvirt.ts';
import { qemuDriver } from './drivers/qemu.ts';
import { wakeOnLanDriver } from './drivers/wake-on-lan.ts';
import type { MachineEnvironment } from './machine.ts';
import type { MachineDriver } from './machine-driver.ts';

const drivers: Readonly<Record<EnvironmentDriver, (settings: unknown, parts: OwnParts) => MachineDriver>> = {
  qemu: qemuDriver,
  libvirt: libvirtDriver,
  ipmi: ipmiDriver,
  'wake-on-lan': wakeOnLanDriver,
  command: commandDriver,
};

/** The driver of an environment. Throws when its settings are wrong; the message names the first one. */
export function openDriver({ name, driver, settings }: MachineEnvironment, parts: DriverParts): MachineDriver {
  if (!isEnvironmentDriver(driver))
    throw new Error(
      `the environment ${name} has the driver "${driver}", which is none of ${Object.keys(drivers).join(', ')}`,
    );
  try {
    return drivers[driver](settings, { ...parts, secret: (secret) => parts.secret(name, secret) });
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0];
    throw new Error(`the settings of the environment ${name}: ${issue?.path.join('.') || 'they'}: ${issue?.message}`, {
      cause: error,
    });
  }
}
