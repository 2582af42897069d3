import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Accelerator, startVm, type Vm } from '@atelier/adapters/qemu';
import { AtelierError } from '@atelier/domain/errors';
import { runProgram } from './run-program.ts';

export interface VersionTwoOptions {
  /** The raw disk of the version before, as `buildDebianSample` made it. It is only read. */
  readonly base: string;
  /** Where the raw disk of the new version is put once it is whole. */
  readonly target: string;
  /** A folder for the work, with a short path: sockets are made in it. Needs room for a second disk. */
  readonly workDir: string;
  readonly accelerator: Accelerator;
  /** Default: `debian-lab`. */
  readonly name?: string;
  /** Default: `2`. */
  readonly version?: string;
  /** What is installed in the guest. Their dependencies must be in it already. Default: figlet, which enlarges the welcome. */
  readonly packages?: readonly string[];
  /** How long the guest may take to come up. Default: 240 s. */
  readonly bootTimeoutMs?: number;
  readonly onProgress?: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes the next version of the sample as an administrator would: boots a copy of the version before, installs packages with
 * apt inside the guest, changes the label, cleans up and shuts down. The packages are fetched by the host's own apt, which
 * verifies them, and handed in through the guest agent, so that the guest needs no network.
 * Throws `image.sample-failed` and the errors of `startVm` and `Vm.waitForGuest`.
 */
export async function makeVersionTwo(options: VersionTwoOptions): Promise<void> {
  const { signal, name = 'debian-lab', version = '2' } = options;
  const report = (detail: string) => options.onProgress?.(detail);
  await mkdir(options.workDir, { recursive: true });
  await mkdir(dirname(options.target), { recursive: true });
  const workDir = await mkdtemp(join(options.workDir, 'v-'));
  const disk = join(workDir, 'disk.raw');
  let vm: Vm | undefined;
  try {
    report('fetching the packages');
    const debs = await fetchPackages(options.packages ?? ['figlet'], workDir, signal);
    report('copying the disk');
    const run = { timeoutMs: 10 * 60_000, signal };
    await runProgram('cp', ['--sparse=always', '--reflink=auto', options.base, disk], run);
    report('booting the guest');
    vm = await startVm({
      name: `${name}-build`,
      stateDir: join(workDir, 's'),
      accelerator: options.accelerator,
      memoryMiB: 512,
      vcpus: 1,
      disks: [{ path: disk, format: 'raw', serial: 'system', role: 'system' }],
      network: 'none',
      signal,
    });
    await vm.waitForGuest({ timeoutMs: options.bootTimeoutMs ?? 240_000, signal });
    report('installing with apt in the guest');
    await install(vm, debs, signal);
    await inGuest(vm, `printf 'NAME=%s\\nVERSION=%s\\n' "$0" "$1" > /etc/atelier-image`, [name, version]);
    await inGuest(vm, cleanUp, []);
    report('shutting the guest down');
    await vm.shutdown({ timeoutMs: 120_000, signal });
    const file = await open(disk, 'r');
    await file.sync().finally(() => file.close());
    await rename(disk, options.target);
    report('done');
  } finally {
    if (vm && vm.state.state !== 'ended') await vm.kill();
    await rm(workDir, { recursive: true, force: true });
  }
}

/** What a guest has that must not be the same in every workspace, or that nobody needs. */
const cleanUp = `apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /tmp/* /var/tmp/*
rm -f /var/lib/systemd/random-seed /var/lib/dbus/machine-id
: > /etc/machine-id
sync
fstrim / || true`;

async function fetchPackages(names: readonly string[], workDir: string, signal?: AbortSignal): Promise<string[]> {
  const folder = join(workDir, 'debs');
  await mkdir(folder);
  // as root apt would drop to a user who cannot write here
  const args = ['-q', '-o', `APT::Sandbox::User=${process.getuid?.() === 0 ? 'root' : ''}`, 'download', ...names];
  await runProgram('apt-get', args, { cwd: folder, timeoutMs: 5 * 60_000, signal });
  return (await readdir(folder)).filter((file) => file.endsWith('.deb')).map((file) => join(folder, file));
}

async function install(vm: Vm, debs: readonly string[], signal?: AbortSignal): Promise<void> {
  const inside = debs.map((_, index) => `/var/tmp/new-${index}.deb`);
  for (const [index, deb] of debs.entries()) {
    await vm.agent.writeFile(inside[index]!, await readFile(deb), { signal });
  }
  await inGuest(vm, 'exec apt-get install -y -q "$0" "$@"', inside, signal);
}

async function inGuest(vm: Vm, script: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const env = ['DEBIAN_FRONTEND=noninteractive', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8'];
  const { code, stdout, stderr } = await vm.agent.exec('/bin/sh', ['-c', script, ...args], {
    env,
    timeoutMs: 5 * 60_000,
    signal,
  });
  if (code === 0) return;
  const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-4).join(' | ');
  throw new AtelierError('image.sample-failed', `in the guest a step ended with ${code}: ${words}`);
}
