import { z } from 'zod';
import { isOpenAt, openingHoursSchema } from './opening-hours.ts';
import type { Target } from './target.ts';

/** Which targets of a collection a rule is about: all of those that fit everything that is said. */
export const targetMatchSchema = z.object({
  names: z.array(z.string().min(1).max(200)).max(1000).optional(),
  environment: z.string().max(200).optional(),
  property: z
    .object({ name: z.string().min(1).max(200), value: z.union([z.string(), z.number(), z.boolean()]) })
    .optional(),
});
export type TargetMatch = Readonly<z.infer<typeof targetMatchSchema>>;

export const fitsTarget = (match: TargetMatch, target: Target): boolean =>
  (match.names === undefined || match.names.includes(target.name)) &&
  (match.environment === undefined || match.environment === target.environment) &&
  (match.property === undefined || target.properties[match.property.name] === match.property.value);

/** When which targets take new sessions. A target that no rule is about always does; one that several are about, when all of them are open. */
export const calendarSchema = z.object({
  rules: z
    .array(
      z.object({
        /** What the trace says: `outside of "office hours"`. */
        name: z.string().min(1).max(100),
        targets: targetMatchSchema.default({}),
        hours: openingHoursSchema,
      }),
    )
    .max(100),
});
export type Calendar = Readonly<z.infer<typeof calendarSchema>>;

/**
 * The calendar at one moment, as a filter over targets: why a target is closed, null when it is open. Each rule's clock is read once, however many
 * targets there are.
 */
export function calendarFilter(calendar: Calendar, at: Date): (target: Target) => string | null {
  const closed = calendar.rules.filter((rule) => !isOpenAt(rule.hours, at));
  return (target) => {
    const rule = closed.find((one) => fitsTarget(one.targets, target));
    return rule ? `outside of "${rule.name}"` : null;
  };
}
