import { expect, test } from 'vitest';
import { qemuArguments, quoteValue } from './qemu-arguments.ts';
import type { VmOptions } from './vm.ts';
import { checkVmOptions, vmShape } from './vm-checks.ts';
import { vmPaths } from './vm-folder.ts';

const options: VmOptions = {
  name: 'debian-lab',
  stateDir: '/state',
  accelerator: 'tcg',
  memoryMiB: 512,
  vcpus: 2,
  disks: [
    { path: '/a,b/system.qcow2', format: 'qcow2', serial: 'system', role: 'system' },
    { path: '/data.qcow2', format: 'qcow2', serial: 'atelier-data', role: 'data' },
  ],
  network: 'user',
};
const context = { paths: vmPaths(options), uuid: 'u', sandbox: true, incoming: false };
const after = (args: readonly string[], name: string) =>
  args.flatMap((arg, at) => (args[at - 1] === name ? [arg] : []));

test('only what is named is plugged in, behind the system call filter', () => {
  const args = qemuArguments(options, context);
  expect(args).toContain('-nodefaults');
  expect(after(args, '-sandbox')).toEqual(['on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny']);
  expect(after(args, '-vnc')).toEqual(['unix:/state/vnc.sock,share=force-shared']);
  expect(after(args, '-netdev')).toEqual(['user,id=net0']);
  expect(args).not.toContain('-snapshot');
});

test('a comma in a path cannot become another option', () => {
  expect(quoteValue('/a,readonly=off')).toBe('/a,,readonly=off');
  expect(after(qemuArguments(options, context), '-drive')[0]).toContain('file.filename=/a,,b/system.qcow2,cache=');
});

test('the disks carry their serials, and only the system disk is booted from', () => {
  const devices = after(qemuArguments(options, context), '-device').filter((device) => device.includes('drive='));
  expect(devices).toEqual([
    'virtio-blk-pci,drive=disk0,serial=system,bootindex=1',
    'virtio-blk-pci,drive=disk1,serial=atelier-data',
  ]);
});

test('guests without virtio drivers get a disk and a card that they know', () => {
  const disks = [{ ...options.disks[0]!, bus: 'sata' as const }];
  const args = qemuArguments({ ...options, disks, networkModel: 'e1000', network: 'user' }, context).join(' ');
  expect(args).toContain('ide-hd,drive=disk0');
  expect(args).toContain('e1000,netdev=net0');
  expect(qemuArguments({ ...options, network: 'none' }, context).join(' ')).toContain('-nic none');
});

test('a resumed VM waits on the machine that it was saved from', () => {
  const args = qemuArguments(options, { ...context, incoming: true, machine: 'pc-q35-7.2' });
  expect(after(args, '-machine')[0]).toMatch(/^pc-q35-7\.2,/);
  expect(args.slice(-3)).toEqual(['-incoming', 'defer', '-S']);
});

test.each([
  [{ name: 'a b' }, 'vm.start-failed'],
  [{ memoryMiB: 1.5 }, 'vm.start-failed'],
  [{ vcpus: 0 }, 'vm.start-failed'],
  [{ disks: [] }, 'vm.start-failed'],
  [{ disks: [options.disks[0]!, { ...options.disks[1]!, serial: 'system' }] }, 'vm.start-failed'],
  [{ disks: [{ ...options.disks[0]!, serial: 'more than twenty letters' }] }, 'vm.start-failed'],
  [{ stateDir: `/${'long/'.repeat(21)}` }, 'vm.socket-path-too-long'],
])('%j is refused', (wrong, code) => {
  const given = { ...options, ...wrong };
  expect(() => checkVmOptions(given, vmPaths(given))).toThrow(expect.objectContaining({ code }));
  expect(() => checkVmOptions(options, vmPaths(options))).not.toThrow();
});

test('the shape is that of the devices, not of the files behind them', () => {
  const moved = options.disks.map((disk) => ({ ...disk, path: `/elsewhere${disk.path}` }));
  expect(vmShape({ ...options, disks: moved })).toBe(vmShape(options));
  expect(vmShape({ ...options, memoryMiB: 1024 })).not.toBe(vmShape(options));
});
