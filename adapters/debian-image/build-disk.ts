import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { masterBootRecord } from './master-boot-record.ts';
import { runProgram } from './run-program.ts';
import { diskBytes, partitionOffset, rootUuid, sourceDateEpoch } from './sample-recipe.ts';

const grubFolder = '/usr/lib/grub/i386-pc';
const timeoutMs = 5 * 60_000;

/** The guest is quiet on the screen; what goes wrong is said on the serial line, too. */
const kernelCommandLine = [
  `root=UUID=${rootUuid}`,
  'rootfstype=ext4',
  'rw',
  'quiet',
  'loglevel=3',
  'console=ttyS0,115200',
  'console=tty0',
  'no_timer_check',
  'nowatchdog',
  'random.trust_cpu=on',
  'systemd.show_status=auto',
].join(' ');

/** The boot loader's whole programme: /vmlinuz and /initrd.img are links that Debian's kernel packages keep. */
const grubProgramme = `set root=(hd0,msdos1)
linux /vmlinuz ${kernelCommandLine}
initrd /initrd.img
boot
`;

/**
 * Makes a bootable raw disk at `target` out of a tar file of a root file system: one ext4 partition, GRUB in front of it.
 * Without loop devices or mounts: mke2fs fills the file system from a folder, and GRUB's two parts are written where the
 * BIOS and its first part look for them. `workDir` is used for the unpacked files and is the caller's to remove.
 */
export async function buildDisk(options: {
  readonly rootfsTar: string;
  readonly target: string;
  readonly workDir: string;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { target, workDir, signal } = options;
  const disk = await open(target, 'w');
  await disk.truncate(diskBytes);
  await disk.close();

  const size = diskBytes - partitionOffset;
  const fileSystem = `mkfs.ext4 -q -F -m 1 -L debian-lab -U ${rootUuid} -E offset=${partitionOffset},hash_seed=${rootUuid},nodiscard`;
  // one shell, so that owners survive when we are not root and fakeroot remembers them
  const script = `set -e; umask 022; mkdir tree; tar -xf "$1" -C tree --numeric-owner; ${fileSystem} -d tree "$2" ${size / 1024}`;
  const shell = ['sh', '-c', script, 'sh', options.rootfsTar, target];
  await runProgram(process.getuid?.() === 0 ? 'env' : 'fakeroot', shell, {
    cwd: workDir,
    env: { E2FSPROGS_FAKE_TIME: String(sourceDateEpoch) },
    timeoutMs,
    signal,
  });
  await writeBootLoader(target, workDir, signal);
}

async function writeBootLoader(target: string, workDir: string, signal?: AbortSignal): Promise<void> {
  const programme = join(workDir, 'grub.cfg');
  const core = join(workDir, 'core.img');
  await writeFile(programme, grubProgramme);
  const modules = ['biosdisk', 'part_msdos', 'ext2', 'linux'];
  const args = ['-O', 'i386-pc', '-p', '(hd0,msdos1)/boot/grub', '-c', programme, '-o', core, ...modules];
  await runProgram('grub-mkimage', args, { timeoutMs, signal });

  const bootCode = await readFile(join(grubFolder, 'boot.img'));
  const coreImage = await readFile(core);
  if (512 + coreImage.length > partitionOffset)
    throw new Error('the boot loader does not fit in front of the partition');
  const disk = await open(target, 'r+');
  try {
    const partition = { offset: partitionOffset, size: diskBytes - partitionOffset };
    await disk.write(masterBootRecord(bootCode, partition, 0x41544c52), 0, 512, 0);
    await disk.write(coreImage, 0, coreImage.length, 512);
    await disk.sync();
  } finally {
    await disk.close();
  }
}
