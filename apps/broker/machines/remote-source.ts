import { credentialLifetimeMs, issueCredential, ownReader } from '@atelier/adapters/repository';
import { checkChannel, type FetchRequest } from '@atelier/adapters/trim-client';
import { isTrimError, pinRoot, type TrustState } from '@atelier/trim';
import { sql } from 'kysely';
import type { BrokerServices } from '../compose/broker-services.ts';
import type { DiskSource } from './disk-source.ts';

/** Servers that did not say for so long that they are there are not asked. */
const serverHours = 3;

/**
 * The servers' repository over HTTPS, as endpoints fetch from it: by signatures under the root that the servers sealed in the database, from the addresses
 * that they told there, by certificates of the own authority only.
 */
export function remoteSource({ database, secrets, authority }: BrokerServices): DiskSource {
  // What was seen is never gone back on while this broker runs.
  let seen: TrustState['seen'] = {};
  const onTrust = (state: TrustState): void => {
    seen = state.seen;
  };

  const addresses = async (): Promise<readonly string[]> => {
    const rows = await database.db
      .selectFrom('setting')
      .select(sql<string>`value ->> 'url'`.as('url'))
      .where('key', 'like', 'server.address.%')
      .where(sql<boolean>`(value ->> 'at')::timestamptz > now() - ${serverHours} * interval '1 hour'`)
      .orderBy(sql`value ->> 'at'`, 'desc')
      .limit(20)
      .execute();
    return rows.map(({ url }) => `${url.replace(/\/+$/, '')}/repository/`);
  };

  const reach = async (): Promise<Pick<FetchRequest, 'repository' | 'trust'>> => {
    const [root, key, baseUrls] = await Promise.all([
      secrets.get('repository/root'),
      secrets.get('repository/credential-key'),
      addresses(),
    ]);
    if (!root || !key || baseUrls.length === 0)
      throw new Error('no server has told where its repository is: start one over the same database');
    const headers = async () => {
      const until = new Date(Date.now() + credentialLifetimeMs);
      return { authorization: `Bearer ${issueCredential(key, ownReader, until)}` };
    };
    return {
      repository: { baseUrls, headers, tls: { ca: authority.ca } },
      trust: { root: pinRoot(Buffer.from(root).toString('utf8')).root, seen },
    };
  };

  return {
    async current(image, channel, signal) {
      try {
        const found = await checkChannel({ ...(await reach()), image, channel, signal });
        onTrust(found.trust);
        return found.version;
      } catch (error) {
        if (isTrimError(error) && error.code === 'trim.no-channel') return undefined;
        throw error;
      }
    },
    access: async () => ({ ...(await reach()), onTrust, media: [] }),
  };
}
