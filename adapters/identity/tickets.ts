import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type DatabaseHandle, gathered, kept, newId } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { foldName } from './password-check.ts';
import type { Queries } from './queries.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** How long a ticket is good. */
export const ticketSeconds = 60;

/** Whom a ticket signs in, and to what. */
export interface TicketHolder {
  readonly id: string;
  readonly name: string;
  /** Name of the collection, or of the one target, that it is for; null for any. */
  readonly collection: string | null;
  readonly target: string | null;
}

/** The key that tickets are made with: whoever has it can tell those that are out, as NLA needs. All servers and brokers have the same. */
export const ticketKeyIn = (secrets: {
  getOrCreate(key: string, make: () => Uint8Array): Promise<Uint8Array>;
}): Promise<Uint8Array> => secrets.getOrCreate('broker/ticket-key', () => randomBytes(32));

// The prefix, so that a broker can tell a ticket from a password and need not ask the database for each.
const textOf = (key: Uint8Array, id: string): string =>
  `att_${createHmac('sha256', key).update(`one-time ticket ${id}`).digest().subarray(0, 21).toString('base64url')}`;

/** Makes a password for one sign-in: 32 characters, of which only the SHA-256 is kept. @param key what `ticketKeyIn` gave */
export async function issueTicket(
  queries: Queries,
  key: Uint8Array,
  ticket: { readonly userId: string; readonly collectionId: string | null; readonly targetId: string | null },
): Promise<{ readonly ticket: string; readonly expiresAt: Date }> {
  const id = newId();
  const text = textOf(key, id);
  const { expires_at } = await queries
    .insertInto('broker_ticket')
    .values({
      id,
      ticket_hash: sha256(text),
      user_id: ticket.userId,
      collection_id: ticket.collectionId,
      target_id: ticket.targetId,
      expires_at: sql<Date>`clock_timestamp() + make_interval(secs => ${ticketSeconds})`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  return { ticket: text, expiresAt: expires_at };
}

interface Shown {
  readonly name: string;
  readonly hash: Buffer;
}

async function useUp({ db }: DatabaseHandle, shown: readonly Shown[]): Promise<readonly (TicketHolder | null)[]> {
  const { rows } = await sql<TicketHolder & { n: number }>`${kept}
    with used as (
      update broker_ticket ticket set used_at = clock_timestamp()
        from unnest(${shown.map(({ hash }) => hash)}::bytea[], ${shown.map(({ name }) => name)}::text[]) with ordinality as shown (hash, name, n), people_user person
       where ticket.ticket_hash = shown.hash and ticket.used_at is null and ticket.expires_at > clock_timestamp()
         and person.id = ticket.user_id and not person.disabled and lower(person.name) = shown.name
      returning shown.n, person.id, person.name, ticket.collection_id, ticket.target_id
    )
    select used.n::integer as n, used.id, used.name, collection.name as collection, target.name as target
      from used
      left join broker_collection collection on collection.id = used.collection_id
      left join broker_target target on target.id = used.target_id`.execute(db);
  const results: (TicketHolder | null)[] = shown.map(() => null);
  for (const { n, ...holder } of rows) results[n - 1] = holder;
  return results;
}

/** Uses a ticket up; null when it is none, another person's, used, or too old, or when its person is disabled. */
export type CheckTicket = (name: string, ticket: string) => Promise<TicketHolder | null>;

/** Checks tickets: of several that are shown at once, by one statement. */
export function ticketCheck(database: DatabaseHandle): CheckTicket {
  const together = gathered((shown: readonly Shown[]) => useUp(database, shown), {
    keyOf: ({ hash }) => hash.toString('latin1'),
    most: 64,
    crowdMs: 10,
  });
  return async (name, ticket) =>
    /^att_[\w-]{28}$/.test(ticket) ? await together({ name: foldName(name), hash: sha256(ticket) }) : null;
}

/** More at a time are not looked at: a person has one, or a few by mistake. */
const mostLive = 8;

/** The tickets of a person that are good now, newest first: for sign-in by a proof that does not show the ticket. Uses none of them up. */
export async function liveTickets({ db }: DatabaseHandle, key: Uint8Array, name: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('broker_ticket as ticket')
    .innerJoin('people_user as person', 'person.id', 'ticket.user_id')
    .select('ticket.id')
    .where(sql<string>`lower(person.name)`, '=', foldName(name))
    .where('person.disabled', '=', false)
    .where('ticket.used_at', 'is', null)
    .where('ticket.expires_at', '>', sql<Date>`clock_timestamp()`)
    .orderBy('ticket.id', 'desc')
    .limit(mostLive)
    .execute();
  return rows.map(({ id }) => textOf(key, id));
}
