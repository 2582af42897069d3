// A plug-in to begin with. Copy the folder, rename, keep the methods that you need, and delete the others.
import type { BrokerPlugin, Provider } from '@atelier/plugin-kit/broker';

/** Called once, in a thread of the plug-in's own. `settings` are those of plugin.json. */
export function createPlugin(settings: Provider['settings']): BrokerPlugin {
  const most = Number(settings.most ?? 20);
  let broker: Provider;
  return {
    name: 'least-busy',

    initialize(provider) {
      broker = provider;
    },

    /** Takes candidates away. Nothing given: all stay. */
    filterTargets(_connection, candidates) {
      return candidates
        .filter((target) => target.numSessions + target.numPendingConnections >= most)
        .map((target) => ({ targetName: target.name, reason: `has ${most} sessions` }));
    },

    /** Decides by a value, passes by `undefined`, or looks at what the others decide by `await next()`. */
    async getMostSuitableTarget(connection, sink, next) {
      if (connection.user.startsWith('guest-')) throw broker.error('access-denied', 'guests sign in at the front desk');
      sink.report('finding-destination', 'Looking for a quiet machine');
      const chosen = await next();
      broker.log('info', `${connection.samUserAccount} goes to ${chosen.targetName}`);
      return chosen;
    },
  };
}
