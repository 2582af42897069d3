import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The QEMU for guests of this machine's own kind. */
export const qemuProgram = process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';

let sandbox: Promise<boolean> | undefined;

/** Whether this QEMU was built with the seccomp filter. Asked once; false when QEMU is missing, whose own error is better. */
export function hasSandbox(): Promise<boolean> {
  sandbox ??= promisify(execFile)(qemuProgram, ['-help'], { timeout: 10_000 }).then(
    ({ stdout }) => stdout.includes('-sandbox on'),
    () => false,
  );
  return sandbox;
}
