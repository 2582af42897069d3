import { rm } from 'node:fs/promises';
import {
  type MirrorSpeeds,
  openSiteCache,
  PackCache,
  type PeerServer,
  type RepositoryAccess,
  type SiteCache,
  servePeers,
} from '@atelier/adapters/trim-client';
import type { LocalTransfers } from '@atelier/api';
import type { TransferPolicy } from '@atelier/domain/transfers';
import type { Log } from '../log/client-log.ts';
import { ownNetworks } from './own-networks.ts';

export interface SharingParts {
  /** Where parts of packs are kept for others. */
  readonly folder: string;
  readonly policy: () => TransferPolicy;
  readonly identity: () => { readonly ca: string; readonly certificate: string; readonly privateKey: string };
  readonly mayRead: (endpointId: string, pass: string) => boolean;
  /** Whether others may be served now: not on battery, not over a metered link. */
  readonly open: () => boolean;
  readonly access: (signal: AbortSignal) => Promise<RepositoryAccess>;
  readonly speeds: MirrorSpeeds;
  readonly log: Log;
}

/** What this endpoint gives to others of its site, when its policy says so. */
export interface Sharing {
  /** Takes in what transfers fetch; undefined while nothing is given to others. */
  cache(): PackCache | undefined;
  /** Makes it so as the policy says now. Never throws: what cannot be is in the log. */
  apply(): Promise<void>;
  serving(): { readonly urls: string[]; readonly siteCache: boolean } | null;
  facts(): LocalTransfers['sharing'];
  stop(): Promise<void>;
}

export function openSharing(parts: SharingParts): Sharing {
  const { policy, log } = parts;
  let cache: PackCache | undefined;
  let server: { readonly server: PeerServer; readonly key: string; readonly site?: SiteCache } | undefined;
  let servedBytes = 0;
  let turn: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  const close = async () => {
    const old = server;
    server = undefined;
    old?.site?.close();
    await old?.server.close();
  };
  const applyNow = async () => {
    const { serve, port, cacheMiB } = policy().sharing;
    if (serve === 'off' || stopping.signal.aborted) {
      await close();
      cache = undefined;
      // what is given to nobody any more takes no room
      if (!stopping.signal.aborted) await rm(parts.folder, { recursive: true, force: true });
      return;
    }
    cache ??= await PackCache.open(parts.folder, cacheMiB * 1024 * 1024);
    await cache.resize(cacheMiB * 1024 * 1024);
    const { ca, certificate, privateKey } = parts.identity();
    const key = JSON.stringify([serve, port, certificate]);
    if (server?.key === key) return;
    await close();
    const site =
      serve === 'site-cache'
        ? openSiteCache({
            cache,
            access: await parts.access(stopping.signal),
            speeds: parts.speeds,
            bytesPerSecond: () => policy().bandwidthKiBps * 1024,
            onDamaged: (path) => log.warn('a file of the repository is not what its name says', { path }),
            signal: stopping.signal,
          })
        : undefined;
    const opened = await servePeers({
      cache,
      tls: { ca, cert: certificate, key: privateKey },
      port,
      mayRead: parts.mayRead,
      open: parts.open,
      pull: site,
      onServed: (bytes) => {
        servedBytes += bytes;
      },
    });
    server = { server: opened, key, site };
    log.info('what is fetched here is given to others of the site', { serve, port: opened.port });
  };
  return {
    cache: () => cache,
    apply: () => {
      turn = turn.then(applyNow).catch((error) => log.warn('nothing can be given to other endpoints', { error }));
      return turn;
    },
    serving: () =>
      server
        ? {
            urls: ownNetworks().hosts.map((host) => `https://${host}:${server?.server.port}/`),
            siteCache: server.site !== undefined,
          }
        : null,
    facts: () => ({
      serve: server ? policy().sharing.serve : 'off',
      cachedBytes: cache?.usedBytes ?? 0,
      servedBytes,
    }),
    stop: async () => {
      stopping.abort(new Error('the client stops'));
      await turn;
      await close();
    },
  };
}
