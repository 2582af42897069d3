import type { Vm } from './vm.ts';

/** Whether a program in the guest holds the agent's port open. Asking the agent before would only pile up questions. */
export async function agentPortIsOpen(vm: Vm): Promise<boolean> {
  const devices = (await vm.qmp('query-chardev', undefined, { timeoutMs: 5000 })) as readonly {
    label: string;
    'frontend-open': boolean;
  }[];
  return devices.some((device) => device.label === 'agent' && device['frontend-open']);
}
