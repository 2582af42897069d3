import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianSampleV1, testCache } from '../debian-sample.ts';

const run = promisify(execFile);
const mib = 1024 ** 2;
const diskBytes = 48 * mib;
/** Drivers of Debian's kernel for clouds, in the order in which they need each other. */
const networkDrivers = [
  'net/core/failover',
  'drivers/net/net_failover',
  'drivers/virtio/virtio_ring',
  'drivers/virtio/virtio',
  'drivers/virtio/virtio_pci_modern_dev',
  'drivers/virtio/virtio_pci_legacy_dev',
  'drivers/virtio/virtio_pci',
  'drivers/net/virtio_net',
];

/** A guest: what its first program does once the drivers are there, and what answers on port 3389, both in busybox's shell. */
export interface GuestSpec {
  /** Of the file that it is kept in: another one for each content. */
  readonly name: string;
  readonly moreDrivers: readonly string[];
  readonly init: string;
  readonly answer: string;
}

export const networkUp = `
/bin/busybox ip addr add 10.0.2.15/24 dev eth0
/bin/busybox ip link set eth0 up
/bin/busybox ip route add default via 10.0.2.2
`;
export const serve = '/bin/busybox nc -ll -p 3389 -e /answer\n';
/** An X.224 Connection Confirm. */
export const confirm = "printf '\\003\\000\\000\\013\\006\\320\\000\\000\\022\\064\\000'\n";
const grubProgramme = `set root=(hd0,msdos1)
linux /vmlinuz console=ttyS0 quiet loglevel=3 no_timer_check random.trust_cpu=on
initrd /initrd.img
boot
`;

/**
 * The raw disk of a guest that starts within seconds without KVM: Debian's kernel, busybox, and a service on port 3389 that confirms connections as an
 * RDP host does and says no more. Built once and kept; never write to it.
 */
export const tinyGuest = (): Promise<string> =>
  guestDisk({
    name: 'tiny-guest-1',
    moreDrivers: [],
    init: `${networkUp}${serve}`,
    answer: `${confirm}exec /bin/busybox cat >/dev/null\n`,
  });

/** The raw disk of a guest, built once and kept; never write to it. */
export async function guestDisk(spec: GuestSpec): Promise<string> {
  const target = join(testCache, `${spec.name}.raw`);
  const there = await stat(target).catch(() => null);
  if (there) return target;
  const sample = await debianSampleV1();
  const work = await mkdtemp(join(testCache, `${spec.name}-`));
  try {
    await fillTree(work, `${sample}?offset=${mib}`, spec);
    const disk = join(work, 'disk');
    const file = await open(disk, 'w');
    await file.truncate(diskBytes);
    await file.close();
    await run(
      'mke2fs',
      ['-q', '-F', '-t', 'ext2', '-E', `offset=${mib}`, '-d', 'tree', disk, `${(diskBytes - mib) / 1024}k`],
      { cwd: work },
    );
    await writeBootLoader(work, disk);
    await rename(disk, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

async function fillTree(work: string, sample: string, spec: GuestSpec): Promise<void> {
  const drivers = [...networkDrivers, ...spec.moreDrivers];
  const names = drivers.map((one) => one.split('/').at(-1));
  const debugfs = async (command: string) => (await run('debugfs', ['-R', command, sample], { cwd: work })).stdout;
  for (const folder of ['tree', 'init/bin', 'init/drivers']) await mkdir(join(work, folder), { recursive: true });
  const version = /vmlinuz-(\S+)/.exec(await debugfs('ls -l /boot'))?.[1];
  await debugfs(`dump /boot/vmlinuz-${version} tree/vmlinuz`);
  for (const driver of drivers)
    await debugfs(`dump /usr/lib/modules/${version}/kernel/${driver}.ko init/drivers/${driver.split('/').at(-1)}.ko`);
  await copyFile('/bin/busybox', join(work, 'init/bin/busybox'));
  const load = `for driver in ${names.join(' ')}; do /bin/busybox insmod /drivers/$driver.ko; done\n`;
  const shell = '#!/bin/busybox sh\n';
  await writeFile(join(work, 'init/init'), `${shell}${load}${spec.init}`, { mode: 0o755 });
  await writeFile(join(work, 'init/answer'), `${shell}${spec.answer}`, { mode: 0o755 });
  await run('sh', ['-c', 'cd init && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >../tree/initrd.img'], {
    cwd: work,
  });
}

async function writeBootLoader(work: string, disk: string): Promise<void> {
  await writeFile(join(work, 'grub.cfg'), grubProgramme);
  const modules = ['biosdisk', 'part_msdos', 'ext2', 'linux'];
  await run('grub-mkimage', ['-O', 'i386-pc', '-p', '(hd0,msdos1)/', '-c', 'grub.cfg', '-o', 'core.img', ...modules], {
    cwd: work,
  });
  const first = (await readFile('/usr/lib/grub/i386-pc/boot.img')).subarray(0, 440);
  const sector = Buffer.alloc(512);
  first.copy(sector);
  // One active Linux partition, then the mark of a boot sector.
  sector.set([0x80, 0xff, 0xff, 0xff, 0x83, 0xff, 0xff, 0xff], 446);
  sector.writeUInt32LE(mib / 512, 454);
  sector.writeUInt32LE((diskBytes - mib) / 512, 458);
  sector.writeUInt16LE(0xaa55, 510);
  const core = await readFile(join(work, 'core.img'));
  const file = await open(disk, 'r+');
  await file.write(sector, 0, 512, 0);
  await file.write(core, 0, core.length, 512);
  await file.close();
}
