import type { Verb } from '../../command/verb.ts';
import { runAgent } from '../../run/run-agent.ts';

export const runVerb: Verb = {
  name: 'run',
  summary: 'run the agent in the foreground (for systemd)',
  examples: [['ATELIER_AGENT_STATE=/tmp/agent atelier agent run', 'try it without installing it']],
  reloads: true,
  run: async (call) => {
    await runAgent(call.terminal);
    return undefined;
  },
};
