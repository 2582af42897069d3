import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { probeAccelerator } from '@atelier/adapters/qemu';
import { stateFolder } from '../connection/state-folder.ts';
import { formatBytes } from '../output/format-value.ts';
import { type Check, type Finding, ok, skipped } from './finding.ts';

const checkNode: Check = async () => {
  const detail = `${process.version} (${process.execPath})`;
  if (Number(process.versions.node.split('.')[0]) >= 26) return ok('node', detail);
  return {
    check: 'node',
    state: 'error',
    detail,
    cause: 'the program was started with another Node than the one that npm installs for it',
    fix: 'start it by bin/atelier.mjs, after "npm ci"',
  };
};

interface SystemPackage {
  readonly name: string;
  readonly purpose: string;
  readonly why: string;
}

/** The table of Debian packages is plain JavaScript outside of the packages, because it is read before anything is installed. */
async function missingPackages(purposes: readonly string[]): Promise<readonly SystemPackage[]> {
  const address = new URL('../../../tools/bootstrap/debian-packages.mjs', import.meta.url).href;
  const table = (await import(address)) as { missingPackages(purposes: readonly string[]): readonly SystemPackage[] };
  return table.missingPackages(purposes);
}

const checkPackages: Check = async () => {
  const needed = await missingPackages(['run', ...(process.env.ATELIER_DATABASE_URL ? [] : ['database'])]);
  const sample = await missingPackages(['sample']);
  const line = (all: readonly SystemPackage[]) =>
    `sudo apt-get install -y --no-install-recommends ${all.map((one) => one.name).join(' ')}`;
  const finding = (check: string, state: 'error' | 'warning', all: readonly SystemPackage[], what: string): Finding =>
    all.length === 0
      ? ok(check, 'all there')
      : {
          check,
          state,
          detail: `missing: ${all.map((one) => one.name).join(', ')}`,
          cause: `${what}: ${all.map((one) => one.why).join('; ')}`,
          fix: line(all),
        };
  return [
    finding('packages', 'error', needed, 'these programs are needed'),
    finding('packages for the sample', 'warning', sample, 'only the sample needs these'),
  ];
};

const checkAccelerator: Check = async (signal) => {
  const device = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => 'open' as const,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? ('absent' as const) : ('forbidden' as const)),
  );
  const accelerator = await probeAccelerator({ signal });
  if (accelerator === 'kvm') return ok('kvm', 'a guest really runs under KVM');
  const reasons = {
    absent: [
      'there is no /dev/kvm',
      'switch virtualisation on in the firmware, or nested virtualisation in the hypervisor below',
    ],
    forbidden: ['/dev/kvm may not be opened by this user', 'sudo adduser $USER kvm, then sign in again'],
    open: [
      '/dev/kvm can be opened, but a guest under it does not run',
      'switch nested virtualisation on in the hypervisor below this machine',
    ],
  } as const;
  const [cause, fix] = reasons[device];
  return {
    check: 'kvm',
    state: 'warning',
    detail: 'guests run under TCG (emulation): they work, ten times slower',
    cause,
    fix,
  };
};

const GiB = 1024 ** 3;

async function nearestFolder(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  return exists || dirname(path) === path ? path : nearestFolder(dirname(path));
}

const checkStateFolder: Check = async () => {
  const folder = stateFolder();
  const found = await stat(folder).catch(() => undefined);
  if (!found) return skipped('state folder', `${folder} does not exist yet: "atelier up" makes it`);
  const open = (found.mode & 0o077) !== 0;
  const foreign = process.getuid !== undefined && process.getuid() !== 0 && found.uid !== process.getuid();
  if (!open && !foreign) return ok('state folder', folder);
  return {
    check: 'state folder',
    state: foreign ? 'error' : 'warning',
    detail: `${folder} ${foreign ? `belongs to user ${found.uid}` : `has mode ${(found.mode & 0o777).toString(8)}`}`,
    cause: 'it holds private keys: only the user that runs the server should be able to read it',
    fix: foreign ? `run as its owner, or: sudo chown -R $USER ${folder}` : `chmod 700 ${folder}`,
  };
};

const checkSpace: Check = async () => {
  const folder = await nearestFolder(stateFolder());
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${formatBytes(free)} free on the disk of ${folder}`;
  if (free >= 10 * GiB) return ok('disk space', detail);
  return {
    check: 'disk space',
    state: free < GiB ? 'error' : 'warning',
    detail,
    cause: 'images, their versions and the database lie there; an image needs twice its size while it is published',
    fix: 'free some: "atelier image gc" removes what no version needs; or move the folder and set ATELIER_STATE',
  };
};

/** What can be said of the machine itself, whether a server runs or not. */
export const machineChecks: readonly Check[] = [
  checkNode,
  checkPackages,
  checkAccelerator,
  checkStateFolder,
  checkSpace,
];
