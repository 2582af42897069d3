import { isOpenAt } from './opening-hours.ts';
import type { VmSettings } from './vm-settings.ts';

/** How many machines shall stand ready at that moment, never more than there may be. */
export function sparesAt(settings: Pick<VmSettings, 'spares' | 'otherwise' | 'timeZone' | 'size'>, at: Date): number {
  const { timeZone, size, otherwise } = settings;
  const now = settings.spares.filter(({ days, from, to }) =>
    isOpenAt({ timeZone, week: [{ days, from, to }], exceptions: [] }, at),
  );
  return Math.min(size, now.length > 0 ? Math.max(...now.map((one) => one.count)) : otherwise);
}
