import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { attachVm, probeAccelerator, qemuImg, startVm } from '@atelier/adapters/qemu';
import type { MachineRoom } from '../instances/machine-room.ts';

const run = promisify(execFile);

/** Machines by QEMU on this computer. What the accelerator probe found is kept in `stateDir` until the computer restarts. */
export function qemuMachineRoom(stateDir: string): MachineRoom {
  let known: Promise<'kvm' | 'tcg' | 'none'> | undefined;
  const find = async (): Promise<'kvm' | 'tcg' | 'none'> => {
    const there = await run('qemu-system-x86_64', ['--version'], { timeout: 10_000 }).catch(() => null);
    return there ? await probeAccelerator({ cacheFile: join(stateDir, 'accelerator.json') }) : 'none';
  };
  return {
    accelerator: () => {
      known ??= find().then(
        (found) => {
          // QEMU may be installed while we run.
          if (found === 'none') known = undefined;
          return found;
        },
        () => {
          known = undefined;
          return 'none' as const;
        },
      );
      return known;
    },
    start: startVm,
    attach: attachVm,
    makeOverlay: async (overlay, base) => {
      if (!existsSync(overlay)) await qemuImg.createOverlay({ base, overlay });
    },
    makeDataDisk: async (path, sizeMiB) => {
      if (!existsSync(path)) await qemuImg.createDataDisk({ path, sizeBytes: sizeMiB * 1024 * 1024 });
    },
  };
}
