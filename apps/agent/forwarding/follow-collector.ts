import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceProvider } from '@atelier/plugin-kit';
import { isWsmanFault, type SubscriptionItem } from '@atelier/wsman';
import { askSubscriptions } from './ask-subscriptions.ts';
import type { CollectorLink } from './collector-link.ts';
import { forwardSubscription } from './forward-subscription.ts';
import type { SubscriptionManager } from './subscription-manager.ts';

/** Pauses before a collector is asked again that could not be, or that sent us back; milliseconds. */
const firstPause = 1000;
const longestPause = 5 * 60_000;

/** What following a collector needs of the agent around it. */
export interface Following {
  readonly providers: () => readonly ResourceProvider[];
  /** The way to the collector; closed at the end. */
  readonly link: CollectorLink;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

const text = (error: unknown): string =>
  isWsmanFault(error)
    ? (error.body.reason ?? error.body.subcode)
    : error instanceof Error
      ? error.message
      : String(error);

/** Asks a collector for its subscriptions at times, and delivers them, until the signal aborts. Never throws: what fails is logged once and tried again. */
export async function followCollector(
  { server, refresh }: SubscriptionManager,
  { providers, link, log }: Following,
  signal: AbortSignal,
): Promise<void> {
  const running = new Map<string, { readonly end: AbortController; readonly done: Promise<void> }>();
  let trouble: string | null = null;
  const told = (now: string | null) => {
    if (now === trouble) return;
    trouble = now;
    log(now === null ? { kind: 'events-delivered', server } : { kind: 'events-not-delivered', server, error: now });
  };
  let again = Promise.withResolvers<void>();
  let pause = firstPause;

  const begin = (item: SubscriptionItem) => {
    const end = new AbortController();
    const both = AbortSignal.any([signal, end.signal]);
    const delivered = (what: string | null) => {
      if (what === null) pause = firstPause;
      told(what);
    };
    const done = forwardSubscription(item, providers(), link, both, delivered)
      .catch((error: unknown) => {
        if (!both.aborted) told(text(error));
      })
      .finally(() => {
        running.delete(item.version);
        // The collector knows where to go on: it is asked again.
        if (!both.aborted) again.resolve();
      });
    running.set(item.version, { end, done });
  };

  const turn = async () => {
    const items = await askSubscriptions(link, server, signal);
    const wanted = new Set(items.map((one) => one.version));
    const gone = [...running].filter(([version]) => !wanted.has(version)).map(([, one]) => one);
    for (const one of gone) one.end.abort();
    await Promise.all(gone.map((one) => one.done));
    for (const one of items) if (!running.has(one.version)) begin(one);
  };

  while (!signal.aborted) {
    again = Promise.withResolvers<void>();
    let wait = refresh * 1000;
    try {
      await turn();
      told(null);
    } catch (error) {
      if (signal.aborted) break;
      told(text(error));
      wait = Math.min(pause, wait);
      pause = Math.min(pause * 2, longestPause);
    }
    const end = new AbortController();
    const either = AbortSignal.any([signal, end.signal]);
    const sentBack = again.promise.then(async () => {
      const now = pause;
      pause = Math.min(pause * 2, longestPause);
      await sleep(now, undefined, { signal: either });
    });
    await Promise.race([sleep(wait, undefined, { signal: either }), sentBack]).catch(() => {});
    sentBack.catch(() => {});
    end.abort();
  }
  await Promise.all([...running.values()].map((one) => one.done));
  link.close();
}
