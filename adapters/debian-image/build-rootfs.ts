import { runProgram } from './run-program.ts';
import { type SampleRecipe, sourceDateEpoch } from './sample-recipe.ts';

const timeoutMs = 20 * 60_000;

/** What is left out of every package: a sample is no place to read manuals. */
const excluded = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
];

/** Units that only cost time in a workspace. */
const masked = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'dpkg-db-backup.timer',
  'systemd-networkd-wait-online.service',
  'systemd-pstore.service',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
  'systemd-journal-flush.service',
  'systemd-boot-system-token.service',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'dev-hugepages.mount',
  'dev-mqueue.mount',
  'getty-static.service',
  'serial-getty@ttyS0.service',
  'modprobe@drm.service',
  'modprobe@fuse.service',
  'modprobe@configfs.service',
];

/**
 * Builds the guest's files from Debian's packages into the tar file `target`. The packages are verified by apt with Debian's
 * keys. As root mmdebstrap works directly, else in a user namespace of its own.
 */
export async function buildRootfs(
  recipe: SampleRecipe,
  options: { readonly target: string; readonly onLine?: (line: string) => void; readonly signal?: AbortSignal },
): Promise<void> {
  const copy = (what: string, to: string) =>
    `cp -r --no-preserve=mode,ownership ${shellWord(`${recipe.overlay}/${what}`)} "$1"${to}`;
  const inGuest = (command: string) => `chroot "$1" ${command}`;
  const hooks = [
    ['--essential-hook', copy('etc/tiny-initramfs', '/etc/')],
    ['--customize-hook', copy('.', '/')],
    ['--customize-hook', 'chmod 0755 "$1"/usr/local/lib/atelier/*'],
    // no password: the person is signed in by the console's getty, and nobody else can be
    ['--customize-hook', inGuest('useradd --create-home --shell /bin/bash --comment "Person" --uid 1000 person')],
    [
      '--customize-hook',
      inGuest('systemctl enable atelier-data.service atelier-ready.service systemd-networkd.service'),
    ],
    ['--customize-hook', inGuest(`systemctl mask ${masked.join(' ')}`)],
    ['--customize-hook', ': > "$1"/etc/machine-id'],
    ['--customize-hook', inGuest('apt-get clean')],
    ...recipe.customize.map((command) => ['--customize-hook', command]),
  ];
  const args = [
    '--variant=apt',
    `--mode=${process.getuid?.() === 0 ? 'root' : 'unshare'}`,
    '--format=tar',
    `--include=${recipe.packages.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    ...excluded.concat(recipe.exclude).map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    ...hooks.map(([name, command]) => `${name}=${command}`),
    recipe.suite,
    options.target,
  ];
  await runProgram('sh', ['-c', 'umask 022; exec mmdebstrap "$@"', 'mmdebstrap', ...args], {
    env: { SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
    timeoutMs,
    onLine: options.onLine,
    signal: options.signal,
  });
}

const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
