export { attachVm } from './attach-vm.ts';
export type { DiskFormat, DiskInfo } from './disk-info.ts';
export type { GuestAgent, GuestExecOptions, GuestExecResult, GuestOsInfo } from './guest-agent.ts';
export { isVmRunning } from './is-vm-running.ts';
export { probeAccelerator } from './probe-accelerator.ts';
export { type InspectOptions, qemuImg, type ToRawOptions } from './qemu-img.ts';
export { startVm } from './start-vm.ts';
export type {
  Accelerator,
  AttachResult,
  Vm,
  VmDisk,
  VmEnd,
  VmOptions,
  VmState,
  WaitOptions,
} from './vm.ts';
export { vmErrorTable } from './vm-error-table.ts';
