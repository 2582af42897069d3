import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import { checkSavedVm, loadVm } from './load-vm.ts';
import { qemuArguments } from './qemu-arguments.ts';
import { findQemu, identifyProcess } from './qemu-process.ts';
import { hasSandbox, qemuProgram } from './qemu-program.ts';
import { connectQmp, type QmpClient } from './qmp-client.ts';
import { createRunningVm, type ExitStatus } from './running-vm.ts';
import { tailFile } from './tail-file.ts';
import type { Vm, VmOptions } from './vm.ts';
import { checkVmOptions, vmShape } from './vm-checks.ts';
import { prepareFolder, type VmPaths, vmPaths, writeRecord } from './vm-folder.ts';

const answerTimeoutMs = 30_000;

/**
 * Starts a VM, or resumes a saved one, and gives its handle once QEMU runs it (the guest may still boot: `Vm.waitForGuest`).
 * QEMU is a process of its own session: it goes on when ours ends. Throws `vm.qemu-missing`, `vm.start-failed`,
 * `vm.already-running`, `vm.socket-path-too-long`, `vm.resume-failed` (then the saved file is still there).
 */
export async function startVm(options: VmOptions): Promise<Vm> {
  const paths = vmPaths(options);
  checkVmOptions(options, paths);
  if (await findQemu(paths.pidFile)) {
    throw new AtelierError('vm.already-running', `"${options.name}" runs already in this state folder`);
  }
  const shape = vmShape(options);
  const saved = options.resume ? await checkSavedVm(options.resume, shape, options) : undefined;
  await prepareFolder(options.stateDir, paths);
  const { name, accelerator, resume, snapshotOnly } = options;
  const record = { format: 1, name, accelerator, paths, shape, testRun: snapshotOnly, resumeFrom: resume } as const;
  await writeRecord(record);

  const args = qemuArguments(options, {
    paths,
    uuid: randomUUID(),
    sandbox: await hasSandbox(),
    machine: saved?.machine,
    incoming: saved !== undefined,
  });
  const { child, exited } = await launch(args, options.stateDir, paths);
  try {
    const qmp = await reach(child, paths, options.signal);
    if (saved && options.resume) {
      const from = { file: options.resume, streamAt: saved.streamAt, socketPath: paths.migrationSocket };
      await loadVm(qmp, from, options.signal);
    }
    const identity = await identifyProcess(child.pid!);
    if (!identity) throw new AtelierError('vm.start-failed', 'QEMU ended at once');
    return createRunningVm({ record, identity, qmp, state: { state: 'running' }, exited });
  } catch (cause) {
    child.kill('SIGKILL');
    await exited;
    options.signal?.throwIfAborted();
    const words = (await tailFile(paths.qemuLog, 5)).join(' | ') || (cause as Error).message;
    throw new AtelierError(saved ? 'vm.resume-failed' : 'vm.start-failed', `QEMU did not start: ${words}`, { cause });
  }
}

async function launch(
  args: readonly string[],
  stateDir: string,
  paths: VmPaths,
): Promise<{ child: ChildProcess; exited: Promise<ExitStatus> }> {
  // its words go to a file, not to a pipe of ours: a pipe would break, and QEMU with it, when we end
  const log = await open(paths.qemuLog, 'w', 0o600);
  try {
    const child = spawn(qemuProgram, args, {
      cwd: stateDir,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      // spill-over of test runs must not fill /tmp
      env: { PATH: process.env.PATH, LANG: 'C', TMPDIR: stateDir },
    });
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', () => resolve({ code: null, signal: null }));
    });
    await once(child, 'spawn').catch((cause) => {
      throw new AtelierError('vm.qemu-missing', `"${qemuProgram}" cannot be started: ${cause.message}`, { cause });
    });
    child.unref();
    return { child, exited };
  } finally {
    await log.close();
  }
}

/** Connects as soon as QEMU has made its socket; fails at once when QEMU ends instead. */
async function reach(child: ChildProcess, paths: VmPaths, signal?: AbortSignal): Promise<QmpClient> {
  const deadline = performance.now() + answerTimeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new AtelierError('vm.start-failed', 'QEMU ended before it answered');
    }
    try {
      return await connectQmp(paths.qmpSocket, { timeoutMs: answerTimeoutMs, signal });
    } catch (error) {
      const notYet = error instanceof AtelierError && error.code === 'vm.qmp-closed';
      if (!notYet || performance.now() > deadline) throw error;
    }
    await sleep(30, undefined, { signal });
  }
}
