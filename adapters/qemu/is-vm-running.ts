import { findQemu } from './qemu-process.ts';
import { readRecord } from './vm-folder.ts';

/** Whether the VM that was last started in this state folder runs. It is not attached: whoever holds it keeps it. */
export async function isVmRunning(stateDir: string): Promise<boolean> {
  const record = await readRecord(stateDir);
  return record !== undefined && (await findQemu(record.paths.pidFile)) !== undefined;
}
