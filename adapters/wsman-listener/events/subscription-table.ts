import type { EventsDropped, OperationContext, ProviderEvent } from '@atelier/plugin-kit';
import {
  dialects,
  droppedEvents,
  type Expiry,
  fault,
  type SubscribeOperation,
  type SubscriptionResponse,
  untilExpiry,
} from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import { checkOptions } from '../dispatch/check-options.ts';
import { Enumeration } from '../dispatch/enumeration.ts';
import { type Enumerations, newId } from '../dispatch/enumerations.ts';
import type { DrawnItem } from '../dispatch/item-source.ts';
import type { Operation } from '../dispatch/operation.ts';
import type { ResourceTable } from '../dispatch/resource-table.ts';
import { isDeliverable } from './post-delivery.ts';
import { PushSubscription } from './push-subscription.ts';
import type { SubscriptionRequest, Subscriptions } from './subscriptions.ts';

const perUser = 100;
const usualMs = 3_600_000;
const longestMs = 7 * 86_400_000;
const shortestHeartbeatMs = 500;

interface Entry {
  readonly id: string;
  readonly user: string;
  readonly abort: AbortController;
  /** Null for a subscription that is pulled. */
  readonly push: PushSubscription | null;
  expiresAt: number;
  timer: NodeJS.Timeout;
}

/** All subscriptions. They belong to a user and end when they are cancelled, run out, or cannot be delivered. */
export class SubscriptionTable implements Subscriptions {
  readonly #table: ResourceTable;
  readonly #enumerations: Enumerations;
  readonly #audit: Audit;
  readonly #open = new Map<string, Entry>();

  constructor(table: ResourceTable, enumerations: Enumerations, audit: Audit) {
    this.#table = table;
    this.#enumerations = enumerations;
    this.#audit = audit;
  }

  async answer(request: SubscriptionRequest, operation: Operation): Promise<SubscriptionResponse> {
    if (request.kind === 'subscribe') return this.#subscribe(request, operation);
    const one = this.#find(request.identifier, operation.user.name);
    if (request.kind === 'unsubscribe') {
      this.#drop(one);
      return { kind: 'unsubscribe' };
    }
    if (request.kind === 'renew') this.#expireIn(one, granted(request.expires));
    return { kind: request.kind, expires: Math.max(0, one.expiresAt - Date.now()) };
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    for (const one of all) this.#drop(one);
    await Promise.all(all.map((one) => one.push?.tellEnd('SourceShuttingDown')));
  }

  #subscribe(request: SubscribeOperation & SubscriptionRequest, operation: Operation): SubscriptionResponse {
    const { headers } = request;
    const { resourceUri } = headers.resource;
    const { provider, declaration } = this.#table.need(resourceUri, 'subscribe');
    if (!provider.subscribe) throw fault('actionNotSupported');
    checkOptions(headers.options, declaration.options ?? []);
    const { filter, heartbeats, mode, notifyTo, endTo } = request;
    if (filter && !(declaration.filterDialects ?? [dialects.wql]).includes(filter.dialect))
      throw fault('eventingFilteringRequestedUnavailable');
    if (mode !== 'pull' && !isDeliverable(notifyTo?.address ?? '')) throw fault('eventingInvalidNotifyToAddress');
    if (endTo && !isDeliverable(endTo.address)) throw fault('eventingInvalidEndToAddress');
    if (heartbeats !== null && heartbeats < shortestHeartbeatMs) throw fault('eventingInvalidHeartbeat');
    const user = operation.user.name;
    if ([...this.#open.values()].filter((one) => one.user === user).length >= perUser) throw fault('quotaLimit');
    const lives = granted(request.expires);
    const abort = new AbortController();
    const context: OperationContext = {
      user: operation.user,
      clientAddress: operation.clientAddress,
      signal: abort.signal,
      deadline: Number.MAX_SAFE_INTEGER,
      locales: request.locale ? [request.locale] : operation.locales,
      options: operation.options,
      activityId: operation.activityId,
    };
    const events = provider.subscribe({ ...headers.resource, filter, bookmark: request.bookmark }, context);
    const id = newId();
    const push = mode === 'pull' ? null : new PushSubscription(request, resourceUri, events, abort);
    const entry: Entry = { id, user, abort, push, expiresAt: 0, timer: setTimeout(() => {}, 0) };
    this.#open.set(id, entry);
    this.#expireIn(entry, lives);
    if (push) void this.#deliver(entry, push);
    else this.#offer(entry, events, request.sendBookmarks);
    const answer = { kind: 'subscribe', address: headers.to, resourceUri, identifier: id, expires: lives } as const;
    return push ? answer : { ...answer, context: id };
  }

  async #deliver(entry: Entry, push: PushSubscription): Promise<void> {
    const why = await push.run();
    if (why === null) return;
    this.#drop(entry);
    if (why === 'DeliveryFailure')
      this.#audit({
        kind: 'failure',
        message: `a subscription of ${entry.user} ended: its events cannot be delivered`,
        error: null,
      });
    await push.tellEnd(why);
  }

  /** Pull mode: the subscription is an enumeration that has no end. */
  #offer({ id, user, abort }: Entry, events: AsyncIterable<ProviderEvent | EventsDropped>, bookmarks: boolean): void {
    const facts = { id, user, mode: 'object', abort, subscription: true } as const;
    this.#enumerations.adopt(new Enumeration(facts, itemsOf(events, bookmarks), Number.MAX_SAFE_INTEGER));
  }

  #find(identifier: string, user: string): Entry {
    const one = this.#open.get(identifier.replace(/^uuid:/i, '').toUpperCase());
    if (!one || one.user !== user)
      throw fault('eventingInvalidMessage', { reason: 'there is no such subscription: it may have expired' });
    return one;
  }

  #expireIn(one: Entry, ms: number): void {
    clearTimeout(one.timer);
    one.expiresAt = Date.now() + ms;
    one.timer = setTimeout(() => this.#drop(one), ms).unref();
  }

  #drop(one: Entry): void {
    clearTimeout(one.timer);
    this.#open.delete(one.id);
    one.abort.abort();
    if (!one.push) this.#enumerations.remove(one.id);
  }
}

function granted(expires: Expiry | null): number {
  const wished = expires ? untilExpiry(expires, Date.now()) : usualMs;
  if (wished <= 0) throw fault('eventingInvalidExpirationTime');
  return Math.min(wished, longestMs);
}

async function* itemsOf(
  events: AsyncIterable<ProviderEvent | EventsDropped>,
  bookmarks: boolean,
): AsyncGenerator<DrawnItem> {
  for await (const event of events) {
    // Who pulls is told among the events themselves (DSP0226 §10.8).
    if ('dropped' in event) yield { item: droppedEvents(event.dropped) };
    else yield bookmarks && event.bookmark ? { item: event.item, bookmark: event.bookmark } : { item: event.item };
  }
}
