import type { MachineDriver } from './machine-driver.ts';
import type { MachineRecords } from './machine-records.ts';

const patienceMs = 60_000;

/**
 * Virtual machines of this machine whose target is gone run for nobody: they are shut down when that is seen twice in a row. Their disks stay, since
 * somebody's work may be on them. Call the returned function now and then.
 */
export function orphanWatch(
  driver: Pick<MachineDriver, 'made' | 'stopMade'>,
  records: Pick<MachineRecords, 'existing'>,
  log: { warn(fields: object, text: string): void },
): (signal: AbortSignal) => Promise<void> {
  let suspects: ReadonlySet<string> = new Set();
  return async (signal) => {
    const made = (await driver.made?.()) ?? [];
    const existing = await records.existing(made);
    const missing = made.filter((id) => !existing.has(id));
    for (const id of missing.filter((one) => suspects.has(one))) {
      const stopped = await driver.stopMade?.(id, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
      if (stopped) log.warn({ target: id }, 'a virtual machine whose target is gone was shut down; its disk stays');
    }
    suspects = new Set(missing);
  };
}
