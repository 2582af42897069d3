import type { peerAnnouncement, peerPass, TransferOrders } from '@atelier/api';
import type { TransferPolicy } from '@atelier/domain/transfers';
import type { Signer } from '@atelier/trim';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Queries, Services } from '../services.ts';
import { signDocument } from '../workspaces/sign-grant.ts';
import { readEndpointPolicy } from './stored-policy.ts';

/** How long an endpoint may read from peers without asking us again: a revoked one loses that within this time. */
const passMs = 60 * 60_000;
/** Who announced himself longer ago than this has probably gone. */
const staleMinutes = 60;
/** Peers that one endpoint is told. */
const mostPeers = 8;

type Announcement = z.output<typeof peerAnnouncement>;
type Peers = TransferOrders['peers'];

/**
 * What an endpoint is told when it asks how to fetch. What it says of itself is kept for the others of its site, as long as
 * its policy has it give anything away.
 */
export async function transferOrdersFor(
  services: Pick<Services, 'db'>,
  signer: Signer,
  endpointId: string,
  announced: Announcement,
  ip: string,
  now = new Date(),
): Promise<TransferOrders> {
  const { db } = services;
  const { effective: policy } = await readEndpointPolicy(db, endpointId);
  await keepAnnouncement(db, endpointId, policy, announced, now);
  const pass: z.infer<typeof peerPass> = {
    kind: 'atelier.peer-pass',
    endpointId,
    expiresAt: new Date(now.getTime() + passMs).toISOString(),
  };
  return {
    policy,
    peers: policy.sharing.use ? await peersOf(db, endpointId, policy, announced.networks, ip) : [],
    pass: await signDocument(signer, Buffer.from(JSON.stringify(pass))),
  };
}

async function keepAnnouncement(
  db: Queries,
  endpointId: string,
  { sharing }: TransferPolicy,
  { networks, serving }: Announcement,
  now: Date,
): Promise<void> {
  if (!serving || sharing.serve === 'off') {
    await db.deleteFrom('transfer_peer').where('endpoint_id', '=', endpointId).execute();
    return;
  }
  const row = { urls: serving.urls, networks, site_cache: serving.siteCache, announced_at: now };
  await db
    .insertInto('transfer_peer')
    .values({ endpoint_id: endpointId, ...row })
    .onConflict((conflict) => conflict.column('endpoint_id').doUpdateSet(row))
    .execute();
}

/**
 * Caches that the policy names for one of these networks, then endpoints of the same site. Two endpoints are of one site
 * when they are in one network and we see both there, or both behind one address: a private network of the same number
 * elsewhere is another one.
 */
async function peersOf(
  db: Queries,
  endpointId: string,
  { sharing }: TransferPolicy,
  networks: readonly string[],
  ip: string,
): Promise<Peers> {
  const { rows: fixed } = await sql<{ place: number }>`
    select cache.place from jsonb_to_recordset(${JSON.stringify(
      sharing.caches.map((cache, place) => ({ place, networks: cache.networks })),
    )}::jsonb) as cache (place integer, networks text[])
     where cardinality(cache.networks) = 0
        or exists (select from unnest(cache.networks) as theirs, unnest(${[...networks]}::text[]) as ours
                    where theirs::inet >>= ours::inet)
        or exists (select from unnest(cache.networks) as theirs where theirs::inet >>= ${ip}::inet)`.execute(db);
  const { rows: near } = await sql<{ endpoint_id: string; urls: string[] }>`
    select peer.endpoint_id, peer.urls
      from transfer_peer peer join endpoint on endpoint.id = peer.endpoint_id
     where peer.endpoint_id <> ${endpointId}
       and endpoint.state = 'online'
       and peer.announced_at > now() - ${`${staleMinutes} minutes`}::interval
       and peer.networks && ${[...networks]}::text[]
       and (endpoint.address = ${ip}::inet
            or exists (select from unnest(peer.networks) as one
                        where one = any (${[...networks]}::text[])
                          and one::inet >>= endpoint.address and one::inet >>= ${ip}::inet))
     order by peer.site_cache desc, random()
     limit ${mostPeers}`.execute(db);
  const named = fixed
    .map(({ place }) => sharing.caches[place])
    .filter((one) => one !== undefined && one.endpointId !== endpointId) as TransferPolicy['sharing']['caches'];
  return [
    ...named.map((one) => ({ endpointId: one.endpointId, urls: [one.url] })),
    ...near.map((one) => ({ endpointId: one.endpoint_id, urls: one.urls })),
  ].slice(0, 50);
}
