import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import { agentPortIsOpen } from './agent-port.ts';
import type { Vm } from './vm.ts';

/** Waits until the guest agent answers. See `Vm.waitForGuest`. */
export async function waitForGuest(
  vm: Vm,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (vm.state.state === 'ended') throw endedEarly(vm);
    try {
      if (await agentPortIsOpen(vm)) return await vm.agent.ping({ timeoutMs: 3000, signal });
    } catch (error) {
      // QEMU may be on its way out: its end says more than the failed question
      if (error instanceof AtelierError && error.code === 'vm.qmp-closed') await sleep(100);
      else if (!(error instanceof AtelierError)) throw error;
    }
    if (performance.now() >= deadline) throw await notUp(vm, timeoutMs);
    await sleep(Math.min(250, Math.max(1, deadline - performance.now())), undefined, { signal });
  }
}

async function notUp(vm: Vm, timeoutMs: number): Promise<AtelierError> {
  const lines = await vm.consoleTail(12);
  const words = lines.length === 0 ? 'the console is empty' : `the console ends with: ${lines.slice(-3).join(' | ')}`;
  return new AtelierError('vm.boot-timeout', `the guest did not answer within ${timeoutMs / 1000} s; ${words}`, {
    extra: { console: lines },
  });
}

function endedEarly(vm: Vm): AtelierError {
  const { state } = vm;
  if (state.state === 'ended' && state.reason === 'crashed') {
    return new AtelierError('vm.crashed', `QEMU ended: ${state.stderr.slice(-3).join(' | ') || 'without a word'}`, {
      extra: { stderr: state.stderr },
    });
  }
  return new AtelierError('vm.not-running', `the VM "${vm.name}" ended before its guest came up`);
}
