import { stat, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import { createGuestAgent } from './guest-agent-calls.ts';
import { connectGuestAgent } from './guest-agent-link.ts';
import { isAlive, type ProcessIdentity } from './qemu-process.ts';
import { connectQmp, type QmpClient, type QmpEvent } from './qmp-client.ts';
import { saveVm } from './save-vm.ts';
import { shutDownGuest } from './shut-down-guest.ts';
import { tailFile } from './tail-file.ts';
import type { Vm, VmEnd, VmState } from './vm.ts';
import type { VmRecord } from './vm-folder.ts';
import { waitForGuest } from './wait-for-guest.ts';
import { within } from './within.ts';

/** How QEMU ended, as far as its parent process was told. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunningVmParts {
  readonly record: VmRecord;
  readonly identity: ProcessIdentity;
  readonly qmp: QmpClient;
  readonly state: VmState;
  /** Set by whoever started QEMU; one that took it over is not told. */
  readonly exited?: Promise<ExitStatus>;
}

/** A guest that floods its console must not fill the host's disk. */
const consoleLimitBytes = 16 * 1024 * 1024;
const consoleCheckMs = 30_000;

/** Makes the handle of a VM whose QEMU runs and answers at `parts.qmp`. */
export function createRunningVm(parts: RunningVmParts): Vm {
  const { record, identity } = parts;
  let qmp = parts.qmp;
  let state = parts.state;
  let detached = false;
  /** Why QEMU is going to end; without one, its end is a crash. */
  let expected: 'shutdown' | 'suspended' | 'killed' | undefined;
  const stateListeners = new Set<(state: VmState) => void>();
  const resetListeners = new Set<() => void>();
  const agentLink = connectGuestAgent(record.paths.agentSocket);

  const enter = (next: VmState) => {
    if (state.state === 'ended' || state.state === next.state) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  };
  const onEvent = ({ event, data }: QmpEvent) => {
    if (event === 'STOP') enter({ state: 'paused' });
    else if (event === 'RESUME') enter({ state: 'running' });
    else if (event === 'RESET' && data.guest === true) for (const listener of resetListeners) listener();
    else if (event === 'SHUTDOWN' && data.guest === true) expected ??= 'shutdown';
  };
  qmp.onEvent(onEvent);

  const crashed = async (status: ExitStatus | undefined): Promise<VmEnd> => ({
    state: 'ended',
    reason: 'crashed',
    exitCode: status?.code ?? null,
    signal: status?.signal ?? null,
    stderr: await tailFile(record.paths.qemuLog, 20),
  });
  const watch = async (): Promise<VmEnd> => {
    for (;;) {
      await Promise.race([qmp.closed, parts.exited ?? qmp.closed]);
      if (detached) return new Promise(() => undefined);
      for (let turn = 0; turn < 20 && (await isAlive(identity)); turn++) await sleep(50);
      if (!(await isAlive(identity))) break;
      try {
        qmp = await connectQmp(record.paths.qmpSocket, { timeoutMs: 5000 });
        qmp.onEvent(onEvent);
      } catch {
        await sleep(500); // it lives and does not answer: ask again
      }
    }
    // an ended process is gone from /proc a moment before its parent is told how
    const status = parts.exited && (await within(parts.exited, 3000));
    const end: VmEnd = expected ? { state: 'ended', reason: expected } : await crashed(status);
    agentLink.close();
    clearInterval(consoleTimer);
    enter(end);
    return end;
  };
  const consoleTimer = setInterval(() => {
    for (const log of [record.paths.consoleLog, record.paths.firmwareLog]) void truncateOver(log);
  }, consoleCheckMs).unref();
  const ended = watch();

  const command: Vm['qmp'] = async (name, args, options) => {
    if (state.state === 'ended') throw new AtelierError('vm.not-running', `the VM "${record.name}" has ended`);
    return qmp.execute(name, args, options);
  };
  const kill: Vm['kill'] = async () => {
    expected ??= 'killed';
    await qmp.execute('quit', undefined, { timeoutMs: 2000 }).catch(() => undefined);
    const gone = await within(ended, 3000);
    if (!gone && (await isAlive(identity))) process.kill(identity.pid, 'SIGKILL');
    return ended;
  };
  const vm: Vm = {
    name: record.name,
    pid: identity.pid,
    accelerator: record.accelerator,
    vncSocket: record.paths.vncSocket,
    get state() {
      return state;
    },
    ended,
    agent: createGuestAgent(agentLink),
    onState: (listener) => subscribe(stateListeners, listener),
    onGuestReset: (listener) => subscribe(resetListeners, listener),
    qmp: command,
    async consoleTail(lines = 40) {
      const said = await tailFile(record.paths.consoleLog, lines);
      return said.length > 0 ? said : tailFile(record.paths.firmwareLog, lines);
    },
    waitForGuest: (options) => waitForGuest(vm, options),
    pause: async () => void (await command('stop')),
    unpause: async () => void (await command('cont')),
    shutdown: (options) => shutDownGuest(vm, options),
    async suspend(options) {
      await saveVm(vm, record, options);
      expected = 'suspended';
      return kill();
    },
    reset: async () => void (await command('system_reset')),
    kill,
    screenshot: async (file) => void (await command('screendump', { filename: file, format: 'png' })),
    detach() {
      detached = true;
      clearInterval(consoleTimer);
      agentLink.close();
      qmp.close();
    },
  };
  return vm;
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function truncateOver(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  // QEMU appends, so it goes on at the new end
  if (size > consoleLimitBytes) await truncate(path, 0).catch(() => undefined);
}
