import type { Verb } from '../../command/verb.ts';
import { notFound, usageFailure } from '../../failure/cli-failure.ts';
import { done, list } from '../../output/output.ts';

const actions = ['ls', 'add', 'rm'];

/** Collectors that this machine brings its events to by itself (source-initiated subscriptions). */
export const forwardVerb: Verb = {
  name: 'forward',
  summary: 'collectors that this machine brings its events to by itself: ls, add, rm',
  arguments: [
    { name: 'action', summary: 'ls, add (or change), or rm', completes: actions },
    {
      name: 'collector',
      summary:
        '"Server=https://…/wsman/SubscriptionManager/WEC,Refresh=60", as Windows’ policy has it; its address is enough to remove it',
      optional: true,
    },
  ],
  examples: [
    [
      'sudo atelier agent forward add Server=https://atelier.example.org:8443/wsman/SubscriptionManager/WEC,Refresh=60',
      'what "atelier host forwarding" prints; a running agent takes it at once',
    ],
  ],
  run: async (call) => {
    const agent = await import('@atelier/agent');
    const folder = agent.agentStateFolder();
    const { action, collector } = call.args;
    if (action === 'ls')
      return list(
        await agent.readForwarding(folder),
        [
          { title: 'collector', value: (one) => one.server },
          { title: 'asked every', value: (one) => `${one.refresh} s` },
        ],
        (one) => one.server,
        'this machine brings its events nowhere by itself; a server may still pull them',
      );
    if (!actions.includes(action!)) throw usageFailure(`there is no action "${action}"`, `it is ${actions.join(', ')}`);
    if (!collector)
      throw usageFailure(`which to ${action} is missing`, `write atelier agent forward ${action} COLLECTOR`);
    if (action === 'add') {
      const manager = agent.parseSubscriptionManager(collector);
      await agent.addSubscriptionManager(folder, manager);
      return done(`this machine asks ${new URL(manager.server).host} what to bring, every ${manager.refresh} s`);
    }
    const server = /^server=/i.test(collector) ? agent.parseSubscriptionManager(collector).server : collector;
    if (!(await agent.removeSubscriptionManager(folder, server)))
      throw notFound('collector', collector, 'list them with "atelier agent forward ls"');
    return done(`this machine brings nothing to ${server} any more`);
  },
};
