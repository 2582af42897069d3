import { parseXml, writeXml, type XmlElement } from '@atelier/wsman';
import { z } from 'zod';

const placeSchema = z.discriminatedUnion('kind', [
  /** Before the first event: everything from then on, by the host's clock. */
  z.object({ kind: z.literal('since'), time: z.string() }),
  /** Behind an event: the host's bookmark, and the event's time for a host that knows it no more. */
  z.object({
    kind: z.literal('behind'),
    bookmark: z.string(),
    time: z.string(),
    /** Nothing older is wanted, also of a log that the bookmark does not name yet. */
    since: z.string().optional(),
  }),
]);

/** Up to where the events of a host were collected: what `host.event_bookmark` holds. */
export type EventPlace = z.infer<typeof placeSchema>;

export const writePlace = (place: EventPlace): string => JSON.stringify(place);

/** Reads what was kept; null when nothing was, or nothing that can be read. */
export function readPlace(text: string | null): EventPlace | null {
  if (text === null) return null;
  try {
    return placeSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The place behind a batch. A host that gives no bookmarks is asked by the time of its last event. */
export function placeBehind(bookmark: XmlElement | null, time: Date, before: EventPlace | null = null): EventPlace {
  if (!bookmark) return { kind: 'since', time: new Date(time.getTime() + 1).toISOString() };
  const since = before?.kind === 'since' ? before.time : before?.since;
  return { kind: 'behind', bookmark: writeXml(bookmark), time: time.toISOString(), ...(since ? { since } : {}) };
}

const earliestMs = 3_600_000;
/** Where collecting begins: when the host was registered, but not more than an hour ago. */
export const firstPlace = (registered: Date, now: number): EventPlace => ({
  kind: 'since',
  time: new Date(Math.max(registered.getTime(), now - earliestMs)).toISOString(),
});

const channels = ['System', 'Application', 'Security', 'HardwareEvents'];

/** What is asked of the host: warnings and worse of the channels that every machine has (Windows' event query). */
export function eventQuery(place: EventPlace): string {
  const begin = place.kind === 'since' ? place.time : place.since;
  const since = begin ? ` and TimeCreated[@SystemTime &gt;= '${begin}']` : '';
  const condition = `*[System[(Level=1 or Level=2 or Level=3)${since}]]`;
  const selects = channels.map((one) => `<Select Path="${one}">${condition}</Select>`).join('');
  return `<QueryList><Query Id="0">${selects}</Query></QueryList>`;
}

export const bookmarkOf = (place: EventPlace): XmlElement | 'earliest' =>
  place.kind === 'behind' ? parseXml(place.bookmark) : 'earliest';
