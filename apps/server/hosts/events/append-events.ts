import { type ArrivedEvent, type Database, insertEvents } from '@atelier/adapters/postgres';
import type { Transaction } from 'kysely';
import { type EventPlace, writePlace } from './event-place.ts';
import type { HostEvent } from './host-event.ts';

/** Stores events of a host behind those that are there, and where they end. The host's row must be locked by the transaction. */
export async function appendEvents(
  trx: Transaction<Database>,
  host: { readonly id: string; readonly name: string; readonly event_sequence: number },
  events: readonly HostEvent[],
  place: EventPlace,
): Promise<void> {
  const source = (at: number): ArrivedEvent['source'] => ({
    kind: 'host',
    id: host.id,
    seq: host.event_sequence + at + 1,
  });
  await insertEvents(
    trx,
    events.map((one, at) => ({ ...one, source: source(at), hostName: host.name })),
  );
  const next = { event_bookmark: writePlace(place), event_sequence: host.event_sequence + events.length };
  await trx.updateTable('host').set(next).where('id', '=', host.id).execute();
}
