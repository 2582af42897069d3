import type { ResourceNotification } from '@atelier/plugin-kit/broker';
import type { ChainEntry } from './chain-entry.ts';

type Told = keyof ResourceNotification;

/** Tells all plug-ins that have the method. They are not waited for, and what they throw stays theirs. */
export function notifier(entries: readonly ChainEntry[]): Required<ResourceNotification> {
  const tell = (method: Told, collection: string, change: unknown, about: unknown): void => {
    for (const { plugIn } of entries) {
      const { plugin, collections } = plugIn;
      if (typeof plugin[method] !== 'function' || (collections !== null && !collections.includes(collection))) continue;
      const call = plugin[method] as (change: unknown, about: unknown) => unknown;
      // Also one that throws before it gives a promise.
      Promise.resolve()
        .then(() => call.call(plugin, change, about))
        .catch(() => undefined);
    }
  };
  return {
    notifySessionChange: (change, session) => tell('notifySessionChange', session.collection, change, session),
    notifyTargetChange: (change, target) => tell('notifyTargetChange', target.collection, change, target),
    notifyClientConnectionStateChange: (change, connection) =>
      tell('notifyClientConnectionStateChange', connection.collection, change, connection),
  };
}
