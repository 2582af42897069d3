import type { VmDisk, VmOptions } from './vm.ts';
import type { VmPaths } from './vm-folder.ts';

/** In QEMU's option strings a comma ends the value; a doubled one stands for itself. */
export const quoteValue = (value: string): string => value.replaceAll(',', ',,');

export interface ArgumentContext {
  readonly paths: VmPaths;
  readonly uuid: string;
  /** The seccomp filter is left out where this QEMU was built without it. */
  readonly sandbox: boolean;
  /** The exact machine of a saved state, e.g. `pc-q35-7.2`; else the newest `q35`. */
  readonly machine?: string;
  /** Wait for a saved state instead of booting. */
  readonly incoming: boolean;
}

/** QEMU's command line for a VM: nothing but what is named here is plugged in, and no secret is in it. */
export function qemuArguments(options: VmOptions, context: ArgumentContext): string[] {
  const { paths } = context;
  const args = ['-name', quoteValue(options.name)];
  args.push('-uuid', context.uuid, '-pidfile', paths.pidFile, '-nodefaults', '-no-user-config');
  if (context.sandbox) {
    args.push('-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny');
  }
  args.push('-machine', `${context.machine ?? 'q35'},usb=off,hpet=off,smm=off`, ...acceleratorArguments(options));
  args.push('-m', `${options.memoryMiB}M`, '-smp', `${options.vcpus},sockets=1,cores=${options.vcpus},threads=1`);
  args.push('-rtc', 'base=utc,driftfix=slew', '-boot', 'menu=off,strict=on');
  args.push(...displayArguments(options, paths), ...channelArguments(paths));
  args.push('-object', 'rng-random,id=rng0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng0');
  options.disks.forEach((disk, index) => {
    args.push(...diskArguments(disk, index));
  });
  if (options.network === 'user') {
    const model = options.networkModel === 'e1000' ? 'e1000' : 'virtio-net-pci';
    const forward = (options.forward ?? []).map(
      ({ address, port, guestPort }) => `,hostfwd=tcp:${address}:${port}-:${guestPort}`,
    );
    args.push(
      '-netdev',
      `user,id=net0${forward.join('')}`,
      '-device',
      `${model},netdev=net0,mac=52:54:00:12:34:56,romfile=`,
    );
  } else {
    args.push('-nic', 'none');
  }
  if (options.snapshotOnly) args.push('-snapshot');
  if (context.incoming) args.push('-incoming', 'defer', '-S');
  return args;
}

function acceleratorArguments(options: VmOptions): string[] {
  if (options.accelerator === 'kvm') return ['-accel', 'kvm', '-cpu', 'host'];
  // Software translation: one thread for each virtual processor, and a bounded store of translated code.
  return ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max'];
}

function displayArguments(options: VmOptions, paths: VmPaths): string[] {
  const args = ['-display', 'none', '-device', `VGA,vgamem_mb=${options.display?.videoMemoryMiB ?? 16}`];
  args.push('-vnc', `unix:${quoteValue(paths.vncSocket)},share=force-shared`);
  if (options.display?.keyboard) args.push('-k', options.display.keyboard);
  // Two pointers with absolute positions: QEMU sends to the one that the guest has a driver for.
  args.push('-device', 'qemu-xhci,id=usb', '-device', 'usb-tablet,bus=usb.0', '-device', 'virtio-tablet-pci');
  return args;
}

function channelArguments(paths: VmPaths): string[] {
  return [
    '-chardev',
    `socket,id=qmp,path=${quoteValue(paths.qmpSocket)},server=on,wait=off`,
    '-mon',
    'chardev=qmp,mode=control',
    '-chardev',
    `file,id=console,path=${quoteValue(paths.consoleLog)},append=on`,
    '-device',
    'isa-serial,chardev=console',
    '-chardev',
    `file,id=firmware,path=${quoteValue(paths.firmwareLog)},append=on`,
    '-device',
    'isa-debugcon,iobase=0x402,chardev=firmware',
    '-device',
    'virtio-serial-pci,id=serial',
    '-chardev',
    `socket,id=agent,path=${quoteValue(paths.agentSocket)},server=on,wait=off`,
    '-device',
    'virtserialport,bus=serial.0,chardev=agent,name=org.qemu.guest_agent.0',
  ];
}

function diskArguments(disk: VmDisk, index: number): string[] {
  const id = `disk${index}`;
  const drive = [
    `if=none,id=${id},format=${disk.format},file.driver=file,file.filename=${quoteValue(disk.path)}`,
    'cache=writeback,discard=unmap,detect-zeroes=unmap',
    ...(disk.readonly ? ['readonly=on'] : []),
  ].join(',');
  const model = disk.bus === 'sata' ? 'ide-hd' : 'virtio-blk-pci';
  const boot = disk.role === 'system' ? ',bootindex=1' : '';
  return ['-drive', drive, '-device', `${model},drive=${id},serial=${quoteValue(disk.serial)}${boot}`];
}
