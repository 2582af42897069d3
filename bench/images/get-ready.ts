import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const programs: Readonly<Record<string, string>> = {
  casync: 'casync',
  zsync: 'zsync',
  rsync: 'rsync',
  '/usr/sbin/nginx': 'nginx-light',
  '/usr/bin/time': 'time',
};
const builders: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  sfdisk: 'fdisk',
  'mkfs.ext4': 'e2fsprogs',
};

/** Installs from Debian what the run needs and makes the disks where they are missing. As root. */
export function getReady(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const missing = [1, 2, 3].some((version) => !existsSync(join(folder, `v${version}.img`)));
  install({ ...programs, ...(missing ? builders : {}) });
  if (missing) run('bash', [join(import.meta.dirname, 'make-images.sh'), folder]);
}

function install(needed: Readonly<Record<string, string>>): void {
  const packages = Object.entries(needed)
    .filter(([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
    .map(([, name]) => name);
  if (packages.length === 0) return;
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
