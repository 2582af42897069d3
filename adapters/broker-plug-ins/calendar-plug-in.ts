import { calendarFilter, calendarSchema } from '@atelier/domain/broker';
import type { BrokerPlugin } from '@atelier/plugin-kit/broker';
import { z } from 'zod';

/** A calendar for each collection that has one, by its name. */
const settingsSchema = z.object({ calendars: z.record(z.string().min(1).max(200), calendarSchema) });

/** The plug-in `calendar`, which comes with the broker: removes targets that are closed. Throws when the settings are none. */
export function calendarPlugIn(settings: unknown, now: () => Date = () => new Date()): BrokerPlugin {
  const parsed = settingsSchema.safeParse(settings);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`the settings of the calendar: ${issue?.path.join('.') || 'they'}: ${issue?.message}`);
  }
  const calendars = new Map(Object.entries(parsed.data.calendars));
  return {
    name: 'calendar',
    filterTargets({ collection }, candidates) {
      const calendar = calendars.get(collection);
      if (!calendar) return undefined;
      const closed = calendarFilter(calendar, now());
      return candidates.flatMap((target) => {
        const reason = closed(target);
        return reason === null ? [] : [{ targetName: target.name, reason }];
      });
    },
  };
}
