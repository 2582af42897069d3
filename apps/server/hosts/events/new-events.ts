import { attribute, elementsOf, parseXml } from '@atelier/wsman';
import type { EventPlace } from './event-place.ts';
import type { HostEvent } from './host-event.ts';

/** Numbers of the last records by channel, as Windows' bookmark list tells them. */
function positionsOf(bookmark: string): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  for (const one of elementsOf(parseXml(bookmark))) {
    const channel = attribute(one, '', 'Channel');
    const record = Number(attribute(one, '', 'RecordId') ?? Number.NaN);
    if (channel !== null && Number.isSafeInteger(record)) positions.set(channel.toLowerCase(), record);
  }
  return positions;
}

/**
 * Those of a batch that are not stored yet, by what is known of the last ones that are: a source that did not hear our answer sends them once more. A
 * channel counts its records on and on; when its log was made anew it counts from the beginning, but its events are later then.
 */
export function newEvents(place: EventPlace | null, events: readonly HostEvent[]): readonly HostEvent[] {
  if (place?.kind !== 'behind') return events;
  const positions = positionsOf(place.bookmark);
  const last = Date.parse(place.time);
  return events.filter(({ data, clientTime }) => {
    const { channel, recordId } = (data ?? {}) as {
      readonly channel?: string | null;
      readonly recordId?: number | null;
    };
    const stored = positions.get(channel?.toLowerCase() ?? '');
    if (stored === undefined || typeof recordId !== 'number') return true;
    return recordId > stored || clientTime.getTime() > last;
  });
}
