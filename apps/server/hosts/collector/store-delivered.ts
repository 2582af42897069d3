import type { Database } from '@atelier/adapters/postgres';
import { type DeliveredEvent, fault, ns, placeName, writeXml, type XmlElement } from '@atelier/wsman';
import type { Transaction } from 'kysely';
import type { Services } from '../../services.ts';
import { appendEvents } from '../events/append-events.ts';
import { bookmarkOf, type EventPlace, placeBehind, readPlace } from '../events/event-place.ts';
import { droppedEvent, type HostEvent, readHostEvent } from '../events/host-event.ts';
import { newEvents } from '../events/new-events.ts';
import { holdForSource } from './source-lease.ts';

/** Characters: more than two hundred channels. */
const longestBookmark = 32_768;

/** A batch as it came. `behind` is where the source says that it begins; null when it does not say. */
export interface Delivered {
  readonly events: readonly DeliveredEvent[];
  readonly bookmark: XmlElement | null;
  readonly behind: string | null;
}

/** The host's row within the transaction. @throws WsmanFault when the host shall not be collected from */
export async function heldSource(trx: Transaction<Database>, hostId: string) {
  const row = await holdForSource(trx, hostId);
  if (!row) throw fault('eventingInvalidMessage', { reason: 'the events of this host are not collected' });
  return row;
}

const latest = (events: readonly HostEvent[], place: EventPlace | null): Date =>
  new Date(
    Math.max(place?.kind === 'behind' ? Date.parse(place.time) : 0, ...events.map((one) => one.clientTime.getTime())),
  );

/**
 * Stores a batch that a host delivered, each event once: what was stored already is acknowledged and left out. The events and where they end are written in
 * one transaction, so that the answer may be lost and the server may be killed at any moment.
 *
 * @returns how many were new
 * @throws WsmanFault InvalidBookmark when the batch does not begin where the stored events end: the source asks for its subscription then, which says where
 */
export async function storeDelivered(services: Services, hostId: string, batch: Delivered): Promise<number> {
  if (batch.bookmark && writeXml(batch.bookmark).length > longestBookmark)
    throw fault('invalidBookmark', { reason: 'the bookmark is too long' });
  const read = batch.events
    .map((one) => one.content)
    .filter((one) => one.ns === ns.event && one.name === 'Event')
    .map(readHostEvent);
  return await services.database.withTransaction(async (trx) => {
    const row = await heldSource(trx, hostId);
    const place = readPlace(row.event_bookmark);
    const fresh = batch.behind === null ? newEvents(place, read) : freshBehind(place, batch, read);
    // A batch that comes once more must not set back where the stored events end.
    if (fresh === null || (fresh.length === 0 && batch.behind === null)) return 0;
    await appendEvents(trx, row, fresh, placeBehind(batch.bookmark, latest(read, place), place));
    return fresh.length;
  });
}

/** All of the batch, or null when it is stored already. */
function freshBehind(
  place: EventPlace | null,
  batch: Delivered,
  read: readonly HostEvent[],
): readonly HostEvent[] | null {
  const stored = placeName(place ? bookmarkOf(place) : null);
  if (batch.behind === stored) return read;
  if (batch.bookmark && placeName(batch.bookmark) === stored) return null;
  throw fault('invalidBookmark', { reason: 'the batch does not begin where the stored events end' });
}

/** Writes down that a host left out events. */
export async function storeDropped(services: Services, hostId: string, count: number): Promise<void> {
  await services.database.withTransaction(async (trx) => {
    const row = await heldSource(trx, hostId);
    const place = readPlace(row.event_bookmark);
    if (!place) return;
    await appendEvents(trx, row, [droppedEvent(row.name, count)], place);
  });
}
