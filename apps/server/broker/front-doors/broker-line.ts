import { once } from 'node:events';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { ownHostName } from '../../config.ts';
import type { Services } from '../../services.ts';

const connectMs = 3000;
const mostTried = 3;

/** `host:port` of a broker, as another machine or this one reaches it. */
function placeOf({ address, name }: { readonly address: string; readonly name: string }) {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const everywhere = host === '0.0.0.0' || host === '::' || host === '';
  const own = name.toLowerCase() === ownHostName();
  return { host: everywhere ? (own ? '127.0.0.1' : name) : host, port: Number(address.slice(colon + 1)) };
}

/**
 * A connection to one of the brokers that live, as this server: TLS, both sides proved by the own authority. The order is written.
 *
 * @throws AtelierError `broker.none-answers`
 */
export async function brokerLine(
  { db, authority }: Pick<Services, 'db' | 'authority'>,
  order: Readonly<Record<string, unknown>>,
): Promise<TLSSocket> {
  const brokers = await db
    .selectFrom('broker_instance')
    .select(['address', 'name'])
    .where('heartbeat_at', '>', sql<Date>`clock_timestamp() - interval '40 seconds'`)
    .orderBy(sql`random()`)
    .limit(mostTried)
    .execute();
  const identity = await authority.manager();
  let cause: unknown;
  for (const broker of brokers) {
    const name = broker.name.toLowerCase();
    const socket = connect({
      ...placeOf(broker),
      ca: [authority.ca],
      cert: identity.certificate,
      key: identity.key,
      minVersion: 'TLSv1.3',
      ...(isIP(name) ? {} : { servername: name }),
      // It is dialled by its address, and known by the name that it told the database.
      checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    });
    try {
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(connectMs) });
      socket.on('error', () => {});
      socket.setNoDelay(true);
      socket.write(`${JSON.stringify(order)}\n`);
      return socket;
    } catch (error) {
      cause = error;
      socket.on('error', () => {});
      socket.destroy();
    }
  }
  throw new AtelierError('broker.none-answers', `${brokers.length} brokers were tried`, { cause });
}
