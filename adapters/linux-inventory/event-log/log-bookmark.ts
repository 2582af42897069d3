import { attribute, element, elementsOf, fault, type XmlElement } from '@atelier/wsman';
import type { LogEntry } from './log-entry.ts';

const own = 'urn:atelier:journal';

/** Where the entries of one log end that a subscriber has. */
export interface LogPlace {
  readonly entry: Pick<LogEntry, 'channel' | 'record'>;
  /** The journal's cursor, or the place of a further log. */
  readonly place: string;
}

/** Places by log: '' is the journal, the others are named by their channel. */
export type LogPlaces = ReadonlyMap<string, LogPlace>;

/** Windows' bookmark list, with our places in attributes of our own: record numbers alone do not find an entry again. */
export const writeBookmark = (places: LogPlaces, current: string): XmlElement =>
  element(
    '',
    'BookmarkList',
    null,
    ...[...places].map(([log, { entry, place }]) =>
      element('', 'Bookmark', [
        { ns: '', name: 'Channel', value: entry.channel },
        { ns: '', name: 'RecordId', value: String(entry.record) },
        ...(log === current ? [{ ns: '', name: 'IsCurrent', value: 'true' }] : []),
        { ns: own, name: log === '' ? 'Cursor' : 'Place', value: place },
      ]),
    ),
  );

const mostPlaces = 16;
const longestPlace = 16_384;

function placeOf(node: XmlElement): readonly [string, LogPlace] | null {
  const channel = attribute(node, '', 'Channel') ?? '';
  const entry = { channel, record: Number(attribute(node, '', 'RecordId') ?? 0) };
  const cursor = attribute(node, own, 'Cursor');
  if (cursor !== null) {
    if (!/^[\w=;]{1,400}$/.test(cursor)) throw fault('invalidBookmark');
    return ['', { entry, place: cursor }];
  }
  const place = attribute(node, own, 'Place');
  if (place === null || place.length > longestPlace) return null;
  return [channel, { entry, place }];
}

/** Reads what {@link writeBookmark} wrote, also within another element. @throws WsmanFault InvalidBookmark for one that holds no place of ours */
export function readBookmark(bookmark: XmlElement): LogPlaces {
  const places = new Map<string, LogPlace>();
  const look = (node: XmlElement, depth: number) => {
    const found = placeOf(node);
    if (found && places.size < mostPlaces) places.set(...found);
    if (depth < 4) for (const one of elementsOf(node)) look(one, depth + 1);
  };
  look(bookmark, 0);
  if (places.size === 0) throw fault('invalidBookmark');
  return places;
}
