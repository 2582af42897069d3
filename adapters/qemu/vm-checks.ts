import { isIPv4 } from 'node:net';
import { AtelierError } from '@atelier/domain/errors';
import type { VmOptions } from './vm.ts';
import type { VmPaths } from './vm-folder.ts';

/** sun_path of unix(7) has 108 bytes, the last of them zero. */
const socketPathLimit = 107;

/** Refuses what QEMU would refuse with worse words, or not at all. */
export function checkVmOptions(options: VmOptions, paths: VmPaths): void {
  const wrong = (detail: string) => new AtelierError('vm.start-failed', detail);
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(options.name)) {
    throw wrong('the name of a VM may have letters, digits, "-", "_" and "." only, 64 at most');
  }
  if (options.disks.filter((disk) => disk.role === 'system').length !== 1) throw wrong('a VM has one system disk');
  const serials = options.disks.map((disk) => disk.serial);
  if (serials.some((serial) => !/^[A-Za-z0-9._-]{1,20}$/.test(serial)) || new Set(serials).size !== serials.length) {
    throw wrong('the serial of a disk has 1 to 20 letters, digits, "-", "_" or ".", and each disk its own');
  }
  if (!Number.isInteger(options.memoryMiB) || options.memoryMiB < 32) throw wrong('a VM has 32 MiB of memory at least');
  if (!Number.isInteger(options.vcpus) || options.vcpus < 1) throw wrong('a VM has one processor at least');
  for (const { address, port, guestPort } of options.forward ?? []) {
    const isPort = (one: number) => Number.isInteger(one) && one >= 1 && one <= 65_535;
    if (!isIPv4(address) || !isPort(port) || !isPort(guestPort))
      throw wrong('a port is forwarded from an IPv4 address and a port from 1 to 65535 to such a port');
  }
  for (const path of [paths.qmpSocket, paths.agentSocket, paths.vncSocket, paths.migrationSocket]) {
    const length = Buffer.byteLength(path);
    if (length > socketPathLimit) {
      throw new AtelierError(
        'vm.socket-path-too-long',
        `"${path}" has ${length} bytes, ${socketPathLimit} are allowed`,
      );
    }
  }
}

/** The devices that the guest sees, as text: a saved state fits only a VM of the same shape. */
export function vmShape(options: VmOptions): string {
  const { accelerator, memoryMiB, vcpus, network, networkModel = 'virtio', display } = options;
  const disks = options.disks.map(({ serial, role, bus = 'virtio', readonly = false }) => ({
    serial,
    role,
    bus,
    readonly,
  }));
  const videoMemoryMiB = display?.videoMemoryMiB ?? 16;
  return JSON.stringify({ accelerator, memoryMiB, vcpus, network, networkModel, videoMemoryMiB, disks });
}
