import { statfs } from 'node:fs/promises';
import type { LinuxHost } from '../linux-host.ts';

/** A mounted file system that people would call a disk. */
export interface Mount {
  readonly point: string;
  readonly type: string;
  readonly device: string;
  /** `major:minor` of the device. */
  readonly number: string;
  readonly readOnly: boolean;
}

/** File systems that lie on no disk and over no network. */
const pseudo = new Set(
  'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs proc pstore ramfs rpc_pipefs securityfs squashfs sysfs tmpfs tracefs overlay'.split(
    ' ',
  ),
);
const network = /^(nfs|nfs4|cifs|smb3|smbfs|ceph|glusterfs|9p|virtiofs|fuse\.sshfs|afs)$/;

const plainText = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Mounts with storage behind them, one for each device; the root is always there. */
export async function readMounts(host: LinuxHost): Promise<readonly Mount[]> {
  const found = new Map<string, Mount>();
  for (const row of ((await host.text('proc/self/mountinfo')) ?? '').split('\n')) {
    const [before, after] = row.split(' - ');
    const [, , number, root, point, options] = before?.split(' ') ?? [];
    const [type, device] = after?.split(' ') ?? [];
    if (!point || !type || !device) continue;
    const isRoot = point === '/';
    if (pseudo.has(type) && !isRoot) continue;
    const mount = {
      point: plainText(point),
      type,
      device: plainText(device),
      number: number!,
      readOnly: /(^|,)ro(,|$)/.test(options!),
    };
    // A device that is mounted twice is one disk; a mount of a part of it is none.
    const known = [...found.values()].find((one) => one.number === mount.number && one.device === mount.device);
    if (!isRoot && (known || (root !== '/' && !network.test(type)))) continue;
    found.set(mount.point, mount);
  }
  return [...found.values()];
}

export const isNetworkMount = (mount: Mount): boolean => network.test(mount.type);

/** Bytes of a mounted file system; free is what users may take. Null when it does not answer. */
export async function mountSpace(
  host: LinuxHost,
  mount: Mount,
): Promise<{
  readonly size: number;
  readonly free: number;
  readonly blockSize: number;
  readonly blocks: number;
} | null> {
  try {
    const one = await statfs(host.path(mount.point));
    return { size: one.blocks * one.bsize, free: one.bavail * one.bsize, blockSize: one.bsize, blocks: one.blocks };
  } catch {
    return null;
  }
}

/** Name of a file system, by the links that udev makes. */
export async function fileSystemLink(
  host: LinuxHost,
  mount: Mount,
  kind: 'by-label' | 'by-uuid',
): Promise<string | null> {
  const device = mount.device.split('/').pop()!;
  for (const name of await host.entries(`dev/disk/${kind}`))
    if ((await host.link(`dev/disk/${kind}/${name}`))?.endsWith(`/${device}`)) return name;
  return null;
}
