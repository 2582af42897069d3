import { type ResourceLocator, resourceLocator } from '@atelier/adapters/winrm-client';
import { isWsmanFault, ns, readDroppedEvents, type XmlElement } from '@atelier/wsman';
import type { Services } from '../../services.ts';
import type { HostSessions } from '../host-sessions.ts';
import { appendEvents } from './append-events.ts';
import {
  bookmarkOf,
  type EventPlace,
  eventQuery,
  firstPlace,
  placeBehind,
  readPlace,
  writePlace,
} from './event-place.ts';
import { droppedEvent, readHostEvent } from './host-event.ts';

const eventLog: ResourceLocator = {
  ...resourceLocator('http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog'),
  // A machine that lacks one of the channels still gives the others.
  options: [{ name: 'IgnoreChannelError', value: '', mustComply: false, nil: true }],
};
const dialect = 'http://schemas.microsoft.com/win/2004/08/events/eventquery';
/** WinRM's faults for a bookmark that it does not know, or knows no more. */
const lostBookmark: readonly (number | undefined)[] = [2150858808, 2150858832];
const atOnce = 200;

/** Another server collects from this host now, or nobody shall. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

interface Collected {
  readonly hostId: string;
  readonly hostName: string;
  readonly holder: string;
}

/** Stores events and where they end, in one transaction and only while the lease is ours: each is stored once, whoever is killed when. */
async function store(services: Services, of: Collected, events: readonly XmlElement[], bookmark: XmlElement | null) {
  const read = events.filter((one) => one.ns === ns.event && one.name === 'Event').map(readHostEvent);
  const dropped = events.reduce((sum, one) => sum + (readDroppedEvents(one) ?? 0), 0);
  const last = read.at(-1)?.clientTime ?? new Date();
  await services.database.withTransaction(async (trx) => {
    const row = await trx
      .selectFrom('host')
      .select(['event_sequence', 'event_bookmark'])
      .where('id', '=', of.hostId)
      .where('event_lease_by', '=', of.holder)
      .where('collect_events', '=', true)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new LeaseLost('the lease is gone');
    const host = { id: of.hostId, name: of.hostName, event_sequence: row.event_sequence };
    const known = readPlace(row.event_bookmark);
    const place = known && read.length === 0 && !bookmark ? known : placeBehind(bookmark, last, known);
    const all = dropped > 0 ? [...read, droppedEvent(of.hostName, dropped)] : read;
    await appendEvents(trx, host, all, place);
  });
}

/** Writes down from when on, before anything is collected: a restart then goes on from there. */
async function setPlace(services: Services, of: Collected, place: EventPlace): Promise<EventPlace> {
  await services.db
    .updateTable('host')
    .set({ event_bookmark: writePlace(place) })
    .where('id', '=', of.hostId)
    .where('event_lease_by', '=', of.holder)
    .execute();
  return place;
}

/**
 * Collects the events of a host until the signal aborts: draws them from a subscription, a batch at a time, and asks for the next one when that is
 * stored. `stored` is told of each batch. Throws what the host or the way to it does, and `LeaseLost`.
 */
export async function collectEvents(
  services: Services,
  sessions: HostSessions,
  hostId: string,
  holder: string,
  signal: AbortSignal,
  stored: () => void,
): Promise<void> {
  const { row, session } = await sessions.open(hostId);
  const of: Collected = { hostId: row.id, hostName: row.name, holder };
  const place = readPlace(row.event_bookmark) ?? (await setPlace(services, of, firstPlace(row.created_at, Date.now())));
  const asked = { filter: eventQuery(place), dialect, bookmark: bookmarkOf(place), batchItems: atOnce, signal };
  try {
    for await (const { events, bookmark } of session.subscribeBatches(eventLog, asked)) {
      await store(services, of, events, bookmark);
      stored();
    }
  } catch (error) {
    if (isWsmanFault(error) && place.kind === 'behind' && lostBookmark.includes(error.body.number)) {
      services.log.warn({ hostId }, 'a host lost the place in its event log: its events are asked for by time');
      await setPlace(services, of, { kind: 'since', time: place.time });
    }
    throw error;
  }
}
