import { rootCertificates } from 'node:tls';
import type { FetchProgress, FetchRequest, FetchResult } from '@atelier/adapters/trim-client';
import type { RepositoryAccess } from '@atelier/api';
import type { Policy } from '@atelier/domain/workspaces';
import type { ImageStore } from './image-store.ts';
import type { TrustStore } from './trust-store.ts';

/** What a transfer needs from the rest of the client. */
export interface TransferDeskParts {
  readonly fetchVersion: (request: FetchRequest) => Promise<FetchResult>;
  readonly images: ImageStore;
  readonly trust: TrustStore;
  /** Asks the server where the repository is; with fresh credentials. */
  readonly repository: (signal: AbortSignal) => Promise<RepositoryAccess>;
  readonly clientTls: () => { readonly ca: string; readonly certificate: string; readonly privateKey: string };
  readonly clientVersion: string;
  /** Where the index of this computer's own files is kept. */
  readonly hostIndex: string;
}

export interface TransferOrder {
  readonly image: string;
  readonly version: number;
  readonly policy: Policy['update'];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** Fetches versions; two orders for the same version share one transfer, which ends early only when both give up. */
export interface TransferDesk {
  fetch(order: TransferOrder): Promise<FetchResult>;
  /** Whether anything of the image is under way. */
  busy(image: string): boolean;
}

interface Flight {
  readonly image: string;
  readonly orders: Set<TransferOrder>;
  readonly controller: AbortController;
  readonly result: Promise<FetchResult>;
}

export function openTransferDesk(parts: TransferDeskParts): TransferDesk {
  const flights = new Map<string, Flight>();

  const launch = (key: string, order: TransferOrder): Flight => {
    const controller = new AbortController();
    const orders = new Set<TransferOrder>();
    const result = run(parts, order, controller.signal, (progress) => {
      for (const one of orders) one.onProgress(progress);
    }).finally(() => flights.delete(key));
    result.catch(() => undefined);
    const flight = { image: order.image, orders, controller, result };
    flights.set(key, flight);
    return flight;
  };

  return {
    fetch: async (order) => {
      const key = `${order.image}/${order.version}`;
      // One that everybody gave up may still be ending: its files must be free before the next begins.
      for (let old = flights.get(key); old?.controller.signal.aborted; old = flights.get(key))
        await old.result.catch(() => undefined);
      order.signal.throwIfAborted();
      const flight = flights.get(key) ?? launch(key, order);
      flight.orders.add(order);
      const leave = () => {
        flight.orders.delete(order);
        if (flight.orders.size === 0) flight.controller.abort(order.signal.reason);
      };
      order.signal.addEventListener('abort', leave, { once: true });
      const given = new Promise<never>((_, reject) => {
        order.signal.addEventListener('abort', () => reject(order.signal.reason), { once: true });
      });
      try {
        return await Promise.race([flight.result, given]);
      } finally {
        flight.orders.delete(order);
        order.signal.removeEventListener('abort', leave);
      }
    },
    busy: (image) => [...flights.values()].some((flight) => flight.image === image),
  };
}

async function run(
  parts: TransferDeskParts,
  { image, version, policy }: TransferOrder,
  signal: AbortSignal,
  onProgress: (progress: FetchProgress) => void,
): Promise<FetchResult> {
  const { images, trust } = parts;
  await images.makeFolder(image);
  let access = await parts.repository(signal);
  const { ca, certificate, privateKey } = parts.clientTls();
  // Everything that comes is verified by signatures: the repository may stand behind any public authority as well.
  const authorities = [...rootCertificates, ca].join('\n');
  const local = policy.trimTransfer ? images.versions(image).filter((one) => one !== version) : [];
  return await parts.fetchVersion({
    repository: {
      baseUrls: access.baseUrls,
      headers: async (reason) => {
        if (reason === 'unauthorized') access = await parts.repository(signal);
        return access.headers;
      },
      tls: access.useClientCertificate ? { ca: authorities, cert: certificate, key: privateKey } : { ca: authorities },
    },
    trust: await trust.read(),
    image,
    want: { version },
    target: images.diskPath(image, version),
    sources: {
      previous: local
        .sort((a, b) => Math.abs(a - version) - Math.abs(b - version))
        .map((one) => ({
          diskPath: images.diskPath(image, one),
          indexPath: `${images.diskPath(image, one)}.index`,
        })),
      partialDir: images.partialFolder(image),
      hostFolders: policy.trimTransfer ? policy.hostFolders : [],
      hostIndex: parts.hostIndex,
    },
    clientVersion: parts.clientVersion,
    bandwidthBytesPerSecond: policy.bandwidthKiBps > 0 ? policy.bandwidthKiBps * 1024 : undefined,
    onProgress,
    onTrust: (learnt) => trust.learn(learnt),
    signal,
  });
}
