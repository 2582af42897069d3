import { existsSync } from 'node:fs';
import { instanceLayout } from '../state/state-layout.ts';
import { errorOf } from './machine-end.ts';
import type { WorkParts } from './work-parts.ts';

/** How long a guest may take to shut down before it is switched off. */
const shutdownMs = 120_000;
/** One that has not come up yet seldom listens. */
const earlyShutdownMs = 20_000;
/** Saving memory takes as long as the disk needs for it; beyond this something is wrong. */
const suspendMs = 600_000;

/** From `stopping` to `ready`, `suspended` or back to `running` when the memory could not be saved. */
export async function stopWork(parts: WorkParts): Promise<void> {
  const record = parts.record();
  const places = instanceLayout(parts.layout, record.userId, record.workspaceId);
  const vm = parts.vm();
  if (!vm || vm.state.state === 'ended') {
    // Also when a start from saved memory was overtaken before it used the memory up.
    const saved = (record.stopBy === 'snapshot' || record.saved) && existsSync(places.savedState);
    parts.happen({ kind: saved ? 'machine-suspended' : 'machine-stopped' });
    return;
  }
  if (record.stopBy === 'snapshot') {
    try {
      const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(suspendMs)]);
      await vm.suspend({ file: places.savedState, signal });
    } catch (error) {
      parts.signal.throwIfAborted();
      parts.happen({ kind: 'stop-failed', error: errorOf(error) });
      return;
    }
    parts.setVm(undefined);
    parts.happen({ kind: 'machine-suspended' });
    return;
  }
  const timeoutMs = record.startedAt === null ? earlyShutdownMs : shutdownMs;
  await vm.shutdown({ timeoutMs, force: true, signal: parts.signal });
  parts.setVm(undefined);
  parts.happen({ kind: 'machine-stopped' });
}
