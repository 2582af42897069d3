import { join } from 'node:path';
import type { InstallChoices } from '@atelier/agent';
import { flag, text } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { done } from '../../output/output.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { carryOut } from './carry-out.ts';

const program = join(import.meta.dirname, '../../../../bin/atelier.mjs');

/** Makes this machine one that is managed over WS-Management. Gives whether anything had to be done. */
export async function quickConfigure(
  terminal: Terminal,
  transport: InstallChoices['transport'],
  choices: { readonly yes: boolean; readonly quiet: boolean },
): Promise<boolean> {
  const { agentStateFolder, installPlan, thisMachine } = await import('@atelier/agent');
  const steps = await installPlan(thisMachine, { transport, program, stateFolder: agentStateFolder() });
  if (steps.length > 0) await carryOut(terminal, steps, choices);
  return steps.length > 0;
}

const already = 'this machine is managed already: the agent is installed and listens';

export const installVerb: Verb = {
  name: 'install',
  summary: 'make this machine manageable over WS-Management: says what it will do, asks, does it',
  options: [
    {
      flags: '--transport <which>',
      summary: 'https (port 5986), http (port 5985, with encrypted messages) or both',
      choices: ['https', 'http', 'both'],
      default: 'https',
    },
  ],
  examples: [
    ['sudo atelier agent install', 'a service that starts at every boot'],
    ['sudo atelier agent install --yes --transport both', 'for roll-outs'],
  ],
  run: async (call) => {
    const transport = text(call, 'transport') as InstallChoices['transport'];
    const changed = await quickConfigure(call.terminal, transport, call.common);
    return done(changed ? 'this machine can be managed now, e.g. with winrm identify -r:localhost' : already);
  },
};

export const uninstallVerb: Verb = {
  name: 'uninstall',
  summary: 'remove the agent from this machine',
  options: [{ flags: '--purge', summary: 'its settings, certificate and accounts, too' }],
  run: async (call) => {
    const { agentStateFolder, thisMachine, uninstallPlan } = await import('@atelier/agent');
    const steps = uninstallPlan(thisMachine, agentStateFolder(), flag(call, 'purge'));
    if (steps.length === 0) return done('there is no agent on this machine');
    await carryOut(call.terminal, steps, call.common);
    return done('the agent is gone');
  },
};
