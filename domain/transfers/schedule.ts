import type { TransferWindow } from './transfer-policy.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

/** What the windows say at a moment. */
export interface ScheduleNow {
  readonly pause: boolean;
  /** The smallest limit of all windows that last now; 0: none. */
  readonly bandwidthKiBps: number;
  /** Minutes until a window begins or ends; null when there is none. */
  readonly changesIn: number | null;
}

/**
 * What the windows say at `minute` of the week (0: Monday 00:00, in the endpoint's time zone). Windows may overlap: one that
 * pauses wins, then the smallest limit.
 */
export function scheduleAt(windows: readonly TransferWindow[], minute: number): ScheduleNow {
  let pause = false;
  let bandwidthKiBps = 0;
  let changesIn: number | null = null;
  for (const window of windows)
    for (const day of new Set(window.days)) {
      const begin = days.indexOf(day) * dayMinutes + minutesOf(window.from);
      const length = (minutesOf(window.to) - minutesOf(window.from) + dayMinutes) % dayMinutes || dayMinutes;
      const into = (minute - begin + 2 * weekMinutes) % weekMinutes;
      const lasts = into < length;
      const change = lasts ? length - into : weekMinutes - into;
      changesIn = Math.min(change, changesIn ?? change);
      if (!lasts) continue;
      pause ||= window.pause;
      if (window.bandwidthKiBps > 0)
        bandwidthKiBps = bandwidthKiBps === 0 ? window.bandwidthKiBps : Math.min(bandwidthKiBps, window.bandwidthKiBps);
    }
  return { pause, bandwidthKiBps, changesIn };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
}
