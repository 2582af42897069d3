import type { ErrorKind } from '@atelier/domain/errors';

const kind = (code: string, title: string, cause: string, fix: string, status = 500): ErrorKind => ({
  code,
  status,
  title,
  cause,
  fix,
});

/** The errors of running virtual machines and of reading their disk files. Codes never change once released. */
export const vmErrorTable: readonly ErrorKind[] = [
  kind(
    'vm.qemu-missing',
    'QEMU is not installed',
    'the program named in the detail could not be started',
    'install it: apt-get install qemu-system-x86 qemu-utils',
  ),
  kind(
    'vm.start-failed',
    'QEMU did not start',
    'QEMU ended, or did not answer, before the machine was set up; the detail has its own words',
    'read the words of QEMU: mostly a disk is missing, in use by another VM, or memory is short',
  ),
  kind(
    'vm.socket-path-too-long',
    'the path of a socket is too long',
    'a UNIX socket may have a path of 107 bytes at most',
    'keep the state in a folder with a shorter path',
    400,
  ),
  kind(
    'vm.already-running',
    'this VM runs already',
    'another QEMU holds the state folder of this VM',
    'take it over instead of starting it, or stop it first',
    409,
  ),
  kind(
    'vm.crashed',
    'QEMU ended without being asked',
    'QEMU was killed or failed; the detail has its last words',
    'start it again; look for lack of memory or disk space, and at qemu.log in the state folder',
  ),
  kind(
    'vm.not-running',
    'the VM does not run',
    'the request needs a running VM, and it has ended',
    'start it first',
    409,
  ),
  kind(
    'vm.boot-timeout',
    'the guest did not come up in time',
    'the guest agent inside did not answer: the guest does not boot, boots too slowly, or has no qemu-guest-agent',
    'look at the screen and the last console lines, and install qemu-guest-agent in the image',
  ),
  kind(
    'vm.shutdown-timeout',
    'the guest did not shut down in time',
    'neither the guest agent nor the power button ended it',
    'give it more time, or stop it hard (what was not saved in the guest is lost)',
  ),
  kind(
    'vm.qmp-failed',
    'QEMU refused a command',
    'the detail has the command and the words of QEMU',
    'see the words of QEMU',
  ),
  kind(
    'vm.qmp-protocol',
    'QEMU spoke out of turn',
    'something else than QMP answered at the control socket, or a line was too long or no JSON',
    'stop the VM and start it again',
  ),
  kind(
    'vm.qmp-closed',
    'the control connection to QEMU is closed',
    'QEMU ended, or another program took the socket',
    'start the VM again, or take it over again',
  ),
  kind(
    'vm.timeout',
    'QEMU or the guest did not answer in time',
    'the machine is overloaded, or the other side hangs',
    'try again; if it goes on, restart the workspace',
    504,
  ),
  kind(
    'vm.agent-failed',
    'the guest agent refused a command',
    'the detail has the command and the words of the agent',
    'see the words of the agent',
  ),
  kind(
    'vm.agent-protocol',
    'the guest agent spoke out of turn',
    'what came from the guest is no answer of a guest agent, or too long',
    'restart the guest; if it goes on, reinstall qemu-guest-agent in the image',
  ),
  kind(
    'vm.suspend-failed',
    'the VM could not be saved',
    'the memory could not be written, mostly because the disk is full; the VM goes on running',
    'free disk space and try again, or shut it down instead',
  ),
  kind(
    'vm.resume-failed',
    'the saved VM could not be resumed',
    'the saved file is damaged, or was made with other disks, memory or another QEMU',
    'start it without the saved state (as after a power cut)',
  ),
  kind(
    'image.foreign-reference',
    'the disk refers to other files',
    'a disk from outside may not have a backing file, an external data file or extents elsewhere',
    'flatten it first: qemu-img convert -O raw <file> disk.raw',
    400,
  ),
  kind(
    'image.bad-disk-file',
    'qemu-img cannot read the disk',
    'it is damaged or not in the stated format; the detail has the words of qemu-img',
    'check it with qemu-img check, and state its true format',
    400,
  ),
  kind(
    'image.too-large',
    'the disk is too large',
    'its virtual size is over the limit',
    'raise the limit, or shrink the disk',
    400,
  ),
];
