import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bootSectorExitCode, exitingGuest } from './boot-sector.ts';
import { qemuProgram } from './qemu-program.ts';
import type { Accelerator } from './vm.ts';

const probeTimeoutMs = 3000;
const retryAfterMs = 3600_000;

type Outcome = 'ran' | 'failed' | 'timed-out';

/**
 * Finds out how guests run on this machine by running one: that /dev/kvm can be opened does not mean that its guests run.
 * The answer is kept in `cacheFile` until the machine is restarted. Takes 3 s at most and leaves nothing running.
 */
export async function probeAccelerator(options: {
  readonly cacheFile?: string;
  readonly signal?: AbortSignal;
}): Promise<Accelerator> {
  const { cacheFile, signal } = options;
  const usable = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!usable) return 'tcg';
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  const known = cacheFile && bootId ? await readCache(cacheFile, bootId) : undefined;
  if (known) return known;
  const outcome = await runTinyGuest('kvm', signal);
  const accelerator = outcome === 'ran' ? 'kvm' : 'tcg';
  // out of time may mean an overloaded machine: ask again later
  const until = outcome === 'timed-out' ? Date.now() + retryAfterMs : undefined;
  if (cacheFile && bootId) await writeCache(cacheFile, { bootId, accelerator, until });
  return accelerator;
}

/** Whether a tiny guest boots and ends itself under this accelerator within 3 s. Throws only the signal's reason. */
export async function runTinyGuest(accelerator: Accelerator, signal?: AbortSignal): Promise<Outcome> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'atelier-probe-'));
  try {
    const disk = join(folder, 'boot.raw');
    await writeFile(disk, exitingGuest());
    const devices = [
      '-device',
      'isa-debug-exit,iobase=0xf4,iosize=0x04',
      '-drive',
      `file=${disk},format=raw,readonly=on,if=none,id=d`,
    ];
    const args = [
      '-accel',
      accelerator,
      '-machine',
      'q35',
      '-m',
      '64M',
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
    ];
    const child = spawn(
      qemuProgram,
      [...args, '-no-reboot', ...devices, '-device', 'virtio-blk-pci,drive=d,bootindex=1'],
      {
        stdio: 'ignore',
        killSignal: 'SIGKILL',
        timeout: probeTimeoutMs,
        signal,
      },
    );
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => child.pid === undefined && resolve(null));
      child.once('exit', resolve);
    });
    signal?.throwIfAborted();
    if (code === bootSectorExitCode) return 'ran';
    return child.signalCode === 'SIGKILL' ? 'timed-out' : 'failed';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readCache(path: string, bootId: string): Promise<Accelerator | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8'));
    const current = kept?.bootId === bootId && (kept.until === undefined || Date.now() < kept.until);
    const valid = current && (kept.accelerator === 'kvm' || kept.accelerator === 'tcg');
    return valid ? kept.accelerator : undefined;
  } catch {
    return undefined;
  }
}

async function writeCache(
  path: string,
  value: { bootId: string; accelerator: Accelerator; until?: number },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(value));
  await rename(`${path}.new`, path);
}
