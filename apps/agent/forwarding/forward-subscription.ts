import { EventFeed } from '@atelier/adapters/wsman-listener';
import type { OperationContext, ResourceProvider } from '@atelier/plugin-kit';
import { fault, type SubscriptionItem } from '@atelier/wsman';
import type { CollectorLink } from './collector-link.ts';
import { Delivery } from './deliver-batch.ts';

const usualBatch = { maxElements: 50, maxTime: 1000 };
const longestBatch = 1000;
const longestHeartbeat = 86_400_000;

/** The machine itself asks: it may see all of its own events. */
const ownUser = { name: 'SYSTEM', account: null, administrator: true } as const;

/** The provider that has the events of a resource. */
export function sourceOf(providers: readonly ResourceProvider[], resourceUri: string): ResourceProvider {
  const uri = resourceUri.toLowerCase();
  const found = providers.find(
    (one) =>
      one.subscribe &&
      one.resources.some((each) => {
        const own = each.uri.toLowerCase();
        return each.capabilities.includes('subscribe') && (uri === own || (!each.exact && uri.startsWith(`${own}/`)));
      }),
  );
  if (!found) throw fault('resourceNotFound');
  return found;
}

/**
 * Brings the events of one subscription to its collector, in order, each until it is acknowledged; beats when there are none. The log of the machine is the
 * queue, and the collector tells where to begin: nothing of it has to be kept here. Lasts until the signal aborts.
 *
 * @throws WsmanFault of the collector when it wants to be asked for its subscriptions anew, or of the provider
 */
export async function forwardSubscription(
  item: SubscriptionItem,
  providers: readonly ResourceProvider[],
  link: CollectorLink,
  signal: AbortSignal,
  told: (trouble: string | null) => void,
): Promise<void> {
  const { subscribe, headers } = item;
  const { resource } = headers;
  const end = new AbortController();
  const context: OperationContext = {
    user: ownUser,
    clientAddress: '',
    signal: AbortSignal.any([signal, end.signal]),
    deadline: Number.MAX_SAFE_INTEGER,
    locales: subscribe.locale ? [subscribe.locale] : [],
    options: headers.options,
    activityId: headers.operationId ?? headers.messageId,
  };
  const request = { ...resource, filter: subscribe.filter, bookmark: subscribe.bookmark };
  const feed = new EventFeed(sourceOf(providers, resource.resourceUri).subscribe!(request, context));
  const delivery = new Delivery(item, link, signal, told);
  const limits = {
    maxElements: Math.min(subscribe.maxElements ?? usualBatch.maxElements, longestBatch),
    maxTime: subscribe.maxTime ?? usualBatch.maxTime,
  };
  const heartbeats = subscribe.heartbeats === null ? null : Math.min(subscribe.heartbeats, longestHeartbeat);
  // Who waits for events is woken when nobody wants them any more.
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  aborted.catch(() => {});
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const fed = await Promise.race([feed.next(limits, heartbeats), aborted]);
      if (fed.kind === 'end') return;
      if (fed.kind === 'quiet') await delivery.heartbeat();
      else if (fed.kind === 'dropped') await delivery.dropped(fed.count);
      else await delivery.events(fed.events);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    await delivery.end();
  } finally {
    signal.removeEventListener('abort', abort);
    end.abort();
    feed.end();
  }
}
