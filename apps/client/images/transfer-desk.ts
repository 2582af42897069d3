import type {
  FetchProgress,
  FetchRequest,
  FetchResult,
  MirrorSpeeds,
  PackCache,
  PeerAccess,
} from '@atelier/adapters/trim-client';
import type { Pace, TransferPolicy, Wish } from '@atelier/domain/transfers';
import type { Policy } from '@atelier/domain/workspaces';
import type { EventQueue } from '../events/event-queue.ts';
import type { Manners } from '../transfers/manners.ts';
import { type AskRepository, type ClientTls, reachRepository } from '../transfers/repository-access.ts';
import { sourcesOfTransfer } from '../transfers/sources-of-transfer.ts';
import type { ContentKeyStore } from './content-key-store.ts';
import type { ImageStore } from './image-store.ts';
import type { TrustStore } from './trust-store.ts';

/** What a transfer needs from the rest of the client. */
export interface TransferDeskParts {
  readonly fetchVersion: (request: FetchRequest) => Promise<FetchResult>;
  readonly images: ImageStore;
  readonly trust: TrustStore;
  readonly keys: ContentKeyStore;
  readonly repository: AskRepository;
  readonly clientTls: ClientTls;
  readonly clientVersion: string;
  /** Where the index of this computer's own files is kept. */
  readonly hostIndex: string;
  readonly policy: () => TransferPolicy;
  readonly manners: Manners;
  /** Others of the site that give what they have; asked for once at the beginning of each transfer. */
  readonly peers: (signal: AbortSignal) => Promise<readonly PeerAccess[]>;
  /** Takes in what is fetched, for others. */
  readonly cache: () => PackCache | undefined;
  readonly speeds: MirrorSpeeds;
  readonly events: Pick<EventQueue, 'add'>;
}

export interface TransferOrder {
  readonly image: string;
  readonly version: number;
  readonly policy: Policy['update'];
  /** Who wants it, as of now. */
  readonly wish: () => Wish;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: FetchProgress) => void;
  /** It begins to wait, or goes on. */
  readonly onPace: (pace: Pace) => void;
}

/**
 * Fetches versions; two orders for the same version share one transfer, which ends early only when both give up. A transfer
 * waits while its manners say so, and goes on by itself.
 */
export interface TransferDesk {
  fetch(order: TransferOrder): Promise<FetchResult>;
  /** Whether anything of the image is under way. */
  busy(image: string): boolean;
  /** Somebody wants something more or less urgently than before. */
  reconsider(): void;
}

interface Flight {
  readonly image: string;
  readonly orders: Set<TransferOrder>;
  readonly controller: AbortController;
  readonly result: Promise<FetchResult>;
}

export function openTransferDesk(parts: TransferDeskParts): TransferDesk {
  const flights = new Map<string, Flight>();

  const considering = new Set<() => void>();
  const reconsider = () => {
    for (const consider of considering) consider();
  };

  const launch = (key: string, order: TransferOrder): Flight => {
    const controller = new AbortController();
    const orders = new Set<TransferOrder>([order]);
    const result = paced(parts, orders, order, controller.signal, considering).finally(() => flights.delete(key));
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
      reconsider();
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
    reconsider,
  };
}

/** The pace of a transfer that several want: that of whoever is in the greatest hurry. */
function paceOfAll(manners: Manners, orders: ReadonlySet<TransferOrder>): Pace | undefined {
  const paces = [...orders].map(({ wish }) => manners.paceOf(wish()));
  return (
    paces.find((one) => one.state === 'go' && !one.background) ?? paces.find(({ state }) => state === 'go') ?? paces[0]
  );
}

/** Runs a transfer while it may, lets it wait while it may not, and begins it anew where it must run otherwise than before. */
async function paced(
  parts: TransferDeskParts,
  orders: ReadonlySet<TransferOrder>,
  first: TransferOrder,
  signal: AbortSignal,
  considering: Set<() => void>,
): Promise<FetchResult> {
  const { manners } = parts;
  let consider: () => void = () => undefined;
  const considerNow = () => consider();
  considering.add(considerNow);
  const stopWatching = manners.watch(considerNow);
  const tell = (pace: Pace) => {
    for (const { onPace } of orders) onPace(pace);
  };
  try {
    for (;;) {
      await manners.look();
      signal.throwIfAborted();
      let pace = paceOfAll(manners, orders);
      if (!pace) throw new Error('nobody wants it any more');
      tell(pace);
      const attempt = new AbortController();
      const before = pace;
      consider = () => {
        const next = paceOfAll(manners, orders);
        if (!next) return;
        const stay =
          next.state === before.state &&
          (next.state === 'wait' || before.state === 'wait' || !before.background || next.background);
        if (!stay) attempt.abort(new Error('it goes on otherwise'));
        else if (next.state === 'wait' && JSON.stringify(next) !== JSON.stringify(pace)) tell(next);
        pace = next;
      };
      const both = AbortSignal.any([signal, attempt.signal]);
      if (pace.state === 'wait') {
        if (!both.aborted)
          await new Promise<void>((resolve) => both.addEventListener('abort', () => resolve(), { once: true }));
        continue;
      }
      const limit = () => (pace?.state === 'go' && pace.bandwidthKiBps > 0 ? pace.bandwidthKiBps * 1024 : undefined);
      const onProgress = (progress: FetchProgress) => {
        for (const one of orders) one.onProgress(progress);
      };
      try {
        return await run(parts, first, { background: pace.background, limit, onProgress, signal: both });
      } catch (error) {
        if (signal.aborted || !attempt.signal.aborted) throw error;
      }
    }
  } finally {
    considering.delete(considerNow);
    stopWatching();
  }
}

async function run(
  parts: TransferDeskParts,
  { image, version, policy: update }: TransferOrder,
  {
    background,
    limit,
    onProgress,
    signal,
  }: {
    readonly background: boolean;
    readonly limit: () => number | undefined;
    readonly onProgress: (progress: FetchProgress) => void;
    readonly signal: AbortSignal;
  },
): Promise<FetchResult> {
  const { images, trust, events } = parts;
  const policy = parts.policy();
  await images.makeFolder(image);
  const peers = policy.sharing.use ? await parts.peers(signal).catch(() => []) : [];
  const { hostIndex } = parts;
  const sources = await sourcesOfTransfer({ images, image, version, update, policy, peers, hostIndex });
  const { media = [] } = sources;
  const repository = await reachRepository(parts.repository, parts.clientTls, signal).catch((error) => {
    // Without the server a medium is enough: all that is on it is signed.
    if (media.length === 0 || signal.aborted) throw error;
    return { baseUrls: [] };
  });
  return await parts.fetchVersion({
    repository,
    trust: await trust.read(),
    image,
    want: { version },
    target: images.diskPath(image, version),
    sources,
    contentKey: (keyId) => parts.keys.key(image, keyId, signal),
    clientVersion: parts.clientVersion,
    bandwidthBytesPerSecond: limit,
    background,
    speeds: parts.speeds,
    cache: parts.cache(),
    onBanned: ({ kind, name }, why) =>
      events.add('image.source-banned', { detail: `${kind} ${name}: ${why}`, data: { image, version, kind, name } }),
    onHostIndex: ({ files, read, milliseconds }) => {
      if (read > 0)
        events.add('image.host-index-built', {
          detail: `${files} files, ${read} of them read, in ${(milliseconds / 1000).toFixed(1)} s`,
          data: { files, read, milliseconds },
        });
    },
    onProgress,
    onTrust: (learnt) => trust.learn(learnt),
    signal,
  });
}
