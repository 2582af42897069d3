import type { EventQueue } from '../events/event-queue.ts';
import type { DeviceApi } from './device-api.ts';

/** Sends queued events: every minute, errors at once, and when told. */
export interface EventDelivery {
  /** Sends all that is queued now. Never rejects; gives whether everything is delivered. */
  flush(signal?: AbortSignal): Promise<boolean>;
  stop(): void;
}

const batchSize = 500;

export function startEventDelivery(
  queue: EventQueue,
  api: Pick<DeviceApi, 'events'>,
  onServerTime: (serverTime: string) => void,
  everyMs = 60_000,
): EventDelivery {
  let underWay: Promise<boolean> | undefined;
  let again = false;

  const deliver = async (signal?: AbortSignal): Promise<boolean> => {
    try {
      for (let events = queue.batch(batchSize); events.length > 0; events = queue.batch(batchSize)) {
        const { upTo, serverTime } = await api.events({ body: { events } }, { signal });
        queue.acknowledge(upTo);
        onServerTime(serverTime);
        // A server that acknowledges nothing is asked again later, not at once.
        if (upTo < events[0]!.sequence) return false;
      }
      return true;
    } catch {
      return false;
    }
  };
  const flush = (signal?: AbortSignal): Promise<boolean> => {
    if (underWay) {
      again = true;
      return underWay;
    }
    underWay = deliver(signal)
      .then((done) => (again && done ? deliver(signal) : done))
      .finally(() => {
        underWay = undefined;
        again = false;
      });
    return underWay;
  };
  const timer = setInterval(() => void flush(), everyMs);
  // A moment later, so that the transaction that the event belongs to is over.
  const unsubscribe = queue.onAdded((urgent) => {
    if (urgent) setTimeout(() => void flush(), 50).unref();
  });
  return {
    flush,
    stop: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
