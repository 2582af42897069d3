import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { findIpmiDevice, type SmbiosIpmiDevice } from '@atelier/ipmi';
import { hasLocalController, type LanAddress, openLanTransport, openLocalTransport } from '../bmc/index.ts';
import type { Controller } from './controller-pool.ts';

/** What the machine's firmware says of its controller, and whether the kernel has a driver for it. */
export interface LocalDiscovery {
  /** null when the firmware describes none (SMBIOS has no structure of type 38). */
  readonly described: SmbiosIpmiDevice | null;
  readonly driver: boolean;
}

/** Looks for this machine's controller. A table that cannot be read counts as none: containers have no SMBIOS. */
export async function discoverLocalController(table = '/sys/firmware/dmi/tables/DMI'): Promise<LocalDiscovery> {
  const bytes = await readFile(table).catch(() => null);
  return { described: bytes && findIpmiDevice(bytes), driver: hasLocalController() };
}

/** This machine's own controller, through the kernel. */
export const localController = (): Controller => ({
  name: hostname(),
  address: 'local',
  open: async () => openLocalTransport(),
});

/** A controller on the network. `secret` is asked at each sign-in, so that nobody keeps the password. */
export const lanController = (
  name: string,
  address: Omit<LanAddress, 'password' | 'controllerKey'>,
  secret: () => Promise<Pick<LanAddress, 'password' | 'controllerKey'>>,
): Controller => ({
  name,
  address: `${address.host}:${address.port ?? 623}`,
  open: async (signal) => openLanTransport({ ...address, ...(await secret()) }, signal),
});
