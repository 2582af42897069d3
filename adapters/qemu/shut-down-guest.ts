import { AtelierError } from '@atelier/domain/errors';
import { agentPortIsOpen } from './agent-port.ts';
import type { Vm, VmEnd } from './vm.ts';
import { within } from './within.ts';

/**
 * Ends the guest in order: its agent first, then the power button, pressed again while time is left.
 * See `Vm.shutdown`.
 */
export async function shutDownGuest(
  vm: Vm,
  options: { readonly timeoutMs: number; readonly force?: boolean; readonly signal?: AbortSignal },
): Promise<VmEnd> {
  const deadline = performance.now() + options.timeoutMs;
  const endWithin = async (ms: number): Promise<VmEnd | undefined> => {
    const time = Math.min(ms, deadline - performance.now());
    return time <= 0 ? undefined : within(vm.ended, time, options.signal);
  };
  if (vm.state.state === 'ended') return vm.state;
  if (vm.state.state === 'paused') await vm.unpause();

  const asked = await within(askAgent(vm), options.timeoutMs / 2, options.signal);
  let end = asked ? await endWithin(options.timeoutMs / 2) : undefined;
  while (!end && performance.now() < deadline) {
    await vm.qmp('system_powerdown').catch(() => undefined);
    end = await endWithin(5000);
  }
  if (end) return end;
  if (options.force) return vm.kill();
  throw new AtelierError('vm.shutdown-timeout', `"${vm.name}" still runs after ${options.timeoutMs / 1000} s`);
}

/** Whether the agent took the request. */
async function askAgent(vm: Vm): Promise<boolean> {
  try {
    if (!(await agentPortIsOpen(vm))) return false;
    await vm.agent.shutdown('powerdown');
    return true;
  } catch {
    return false;
  }
}
