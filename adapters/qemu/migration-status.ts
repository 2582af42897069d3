import { setTimeout as sleep } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';

/** What can be asked of QEMU; a VM or a bare connection to one. */
export interface Questioned {
  qmp(command: string): Promise<unknown>;
}

/** Waits until QEMU says that the whole state went out, or came in. Throws with QEMU's own words when it failed. */
export async function migrationEnd(vm: Questioned, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const { status, 'error-desc': words } = (await vm.qmp('query-migrate')) as Record<string, unknown>;
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') {
      throw new AtelierError('vm.qmp-failed', `QEMU says that moving the state ${status}: ${words ?? 'no words'}`);
    }
    await sleep(50, undefined, { signal });
  }
}
