import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import { findQemu, isAlive, type ProcessIdentity } from './qemu-process.ts';
import { connectQmp, type QmpClient } from './qmp-client.ts';
import { createRunningVm } from './running-vm.ts';
import { tailFile } from './tail-file.ts';
import type { AttachResult, VmState } from './vm.ts';
import { readRecord, type VmRecord } from './vm-folder.ts';

/**
 * Finds the VM that was started in `stateDir` by a process that has since ended, and takes it over.
 * A save or a resume that its owner did not finish is settled first: forwards when the saved file is whole, else back.
 * Throws `vm.timeout` or `vm.qmp-closed` when QEMU lives and does not answer.
 */
export async function attachVm(options: {
  readonly stateDir: string;
  readonly signal?: AbortSignal;
}): Promise<AttachResult> {
  const record = await readRecord(options.stateDir);
  if (!record) return { kind: 'gone', stderr: [] };
  const gone = async (): Promise<AttachResult> => ({ kind: 'gone', stderr: await tailFile(record.paths.qemuLog, 20) });
  const identity = await findQemu(record.paths.pidFile);
  if (!identity) return gone();
  const qmp = await reach(record, identity, options.signal);
  if (!qmp) return gone();
  const state = await settle(qmp, record);
  if (state) return { kind: 'running', vm: createRunningVm({ record, identity, qmp, state }) };
  await qmp.execute('quit').catch(() => undefined);
  for (let turn = 0; turn < 60 && (await isAlive(identity)); turn++) await sleep(50);
  if (await isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
  return gone();
}

/** The socket of a living QEMU may be held for a moment by the connection that its dead owner left. */
async function reach(
  record: VmRecord,
  identity: ProcessIdentity,
  signal?: AbortSignal,
): Promise<QmpClient | undefined> {
  for (let turn = 0; ; turn++) {
    try {
      return await connectQmp(record.paths.qmpSocket, { timeoutMs: 5000, signal });
    } catch (error) {
      if (!(await isAlive(identity))) return undefined;
      if (turn === 3 || !(error instanceof AtelierError)) throw error;
    }
    await sleep(500, undefined, { signal });
  }
}

/** What the VM is to be taken for, or undefined when it has to end because its state lies, whole, in a file. */
async function settle(qmp: QmpClient, record: VmRecord): Promise<VmState | undefined> {
  const ask = async () => String(((await qmp.execute('query-status')) as { status?: unknown }).status);
  const { suspendTo, resumeFrom } = record;
  let status = await ask();
  if (status === 'running') return { state: 'running' };
  if (suspendTo !== undefined) {
    if (existsSync(suspendTo)) return undefined;
    await qmp.execute('migrate_cancel').catch(() => undefined);
    for (let turn = 0; turn < 100 && status === 'finish-migrate'; turn++) {
      await sleep(50);
      status = await ask();
    }
    await qmp.execute('cont');
    return { state: 'running' };
  }
  if (resumeFrom !== undefined) {
    // not yet used up: nothing of the guest ran, so start again from the file
    if (existsSync(resumeFrom)) return undefined;
    if (status === 'inmigrate' || status === 'prelaunch') return undefined;
  }
  return { state: 'paused' };
}
