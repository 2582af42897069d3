import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { AtelierError } from '@atelier/domain/errors';
import { migrationEnd } from './migration-status.ts';
import type { QmpClient } from './qmp-client.ts';
import { consumeSavedVm, readSavedVmHeader, readSavedVmStream } from './saved-vm-file.ts';
import type { VmOptions } from './vm.ts';

/** Times on some file systems are coarse, and QEMU closes its disks a moment after the state is in place. */
const graceMs = 5000;

/**
 * Finds out before QEMU is started whether the saved state fits: same devices, and no disk written since.
 * Gives the exact machine to start. Throws `vm.resume-failed`.
 */
export async function checkSavedVm(
  file: string,
  shape: string,
  options: VmOptions,
): Promise<{ machine: string; streamAt: number }> {
  const { header, streamAt } = await readSavedVmHeader(file);
  if (header.shape !== shape) {
    throw new AtelierError('vm.resume-failed', 'the VM was saved with other memory, processors, disks or devices');
  }
  const saved = await stat(file);
  for (const disk of options.disks.filter((disk) => !disk.readonly)) {
    const { mtimeMs } = await stat(disk.path);
    if (mtimeMs > saved.mtimeMs + graceMs) {
      throw new AtelierError('vm.resume-failed', `the disk "${disk.serial}" was written after the VM was saved`);
    }
  }
  return { machine: header.machine, streamAt };
}

/** Feeds the saved state to a QEMU that waits for one, uses the file up, and lets the guest go on. */
export async function loadVm(
  qmp: QmpClient,
  saved: { readonly file: string; readonly streamAt: number; readonly socketPath: string },
  signal?: AbortSignal,
): Promise<void> {
  await qmp.execute('migrate-incoming', { uri: `unix:${saved.socketPath}` });
  const socket = connect(saved.socketPath);
  try {
    await once(socket, 'connect', { signal });
    await readSavedVmStream(saved.file, saved.streamAt, socket, signal);
    await migrationEnd({ qmp: (command) => qmp.execute(command) }, signal);
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
  // from here on the disks move on: the state must be gone before the guest runs
  await consumeSavedVm(saved.file);
  await qmp.execute('cont');
}
