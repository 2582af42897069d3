import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { AtelierError } from '@atelier/domain/errors';
import { migrationEnd } from './migration-status.ts';
import { writeSavedVm } from './saved-vm-file.ts';
import type { Vm } from './vm.ts';
import { type VmRecord, writeRecord } from './vm-folder.ts';

/**
 * Stops the guest and writes its memory into `file`. QEMU still runs afterwards, stopped, for the caller to end.
 * QEMU writes to a socket of ours, since it may not start programs. On failure the guest goes on. See `Vm.suspend`.
 */
export async function saveVm(
  vm: Vm,
  record: VmRecord,
  { file, signal }: { readonly file: string; readonly signal?: AbortSignal },
): Promise<void> {
  if (record.testRun) {
    throw new AtelierError(
      'vm.suspend-failed',
      `"${vm.name}" is a test run: what it wrote would be missing afterwards`,
    );
  }
  const wasPaused = vm.state.state === 'paused';
  const socketPath = record.paths.migrationSocket;
  await rm(file, { force: true }); // an older state must not pass for this one
  await writeRecord({ ...record, suspendTo: file });
  const server = createServer();
  try {
    await rm(socketPath, { force: true });
    server.listen(socketPath);
    await once(server, 'listening');
    await vm.qmp('stop');
    const machine = await machineOf(vm);
    // by default QEMU holds back for the sake of a network
    await vm.qmp('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
    const stream = accept(server, signal);
    await vm.qmp('migrate', { uri: `unix:${socketPath}` });
    await writeSavedVm(file, { format: 'atelier-saved-vm-1', shape: record.shape, machine }, await stream, {
      signal,
      confirm: () => migrationEnd(vm, signal),
    });
  } catch (cause) {
    await vm.qmp('migrate_cancel').catch(() => undefined);
    if (!wasPaused) await vm.unpause().catch(() => undefined);
    await writeRecord(record);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AtelierError('vm.suspend-failed', `"${vm.name}" could not be saved: ${why}`, { cause });
  } finally {
    server.close();
    await rm(socketPath, { force: true });
  }
}

async function accept(server: Server, signal?: AbortSignal): Promise<Socket> {
  const limit = AbortSignal.any([AbortSignal.timeout(30_000), ...(signal ? [signal] : [])]);
  const [socket] = await once(server, 'connection', { signal: limit });
  return socket;
}

/** The exact machine that QEMU built, e.g. `pc-q35-7.2` where `q35` was asked for. */
async function machineOf(vm: Vm): Promise<string> {
  const type = String(await vm.qmp('qom-get', { path: '/machine', property: 'type' }));
  return type.replace(/-machine$/, '');
}
