import { flag, type Invocation, text } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { done, list } from '../../output/output.ts';
import { carryOut, yesOption } from './carry-out.ts';

const actions = ['install', 'remove', 'status'];

const servicesOf = (call: Invocation): readonly string[] | undefined =>
  text(call, 'service')
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Puts the hooks for desktop sessions into this machine's PAM. Gives whether anything had to be done. */
export async function installSessionHook(
  call: Invocation,
  choices: { readonly services?: readonly string[]; readonly folder?: string; readonly passwords?: boolean } = {},
): Promise<boolean> {
  const { agentStateFolder, hookPlan, readHookSettings, thisMachine } = await import('@atelier/agent');
  const stateFolder = agentStateFolder();
  const steps = hookPlan(thisMachine, { ...choices, stateFolder }, await readHookSettings(stateFolder));
  if (steps.length > 0) await carryOut(call.terminal, steps, call.common);
  return steps.length > 0;
}

/** How the agent learns which desktop sessions begin and end on this machine. */
export const sessionHookVerb: Verb = {
  name: 'session-hook',
  summary:
    'tell the broker which desktop sessions begin and end here, and take its single-use passwords: install, remove, status',
  arguments: [{ name: 'action', summary: 'install (or change), remove, status', completes: actions }],
  options: [
    { flags: '--service <names>', summary: 'PAM services with desktop sessions, by commas; default xrdp-sesman' },
    { flags: '--folder <path>', summary: 'where the two scripts go; default /usr/local/lib/atelier-agent' },
    { flags: '--no-passwords', summary: 'sessions only: single-use passwords let nobody in here' },
    yesOption,
  ],
  examples: [
    ['sudo atelier agent session-hook install', 'says what it will change in /etc/pam.d/xrdp-sesman, asks, does it'],
    ['sudo atelier agent session-hook remove', 'takes exactly that away again'],
  ],
  run: async (call) => {
    const agent = await import('@atelier/agent');
    const { action } = call.args;
    const stateFolder = agent.agentStateFolder();
    if (action === 'install') {
      const passwords = flag(call, 'passwords');
      const folder = text(call, 'folder');
      const changed = await installSessionHook(call, { services: servicesOf(call), folder, passwords });
      return done(changed ? 'the agent tells its server of desktop sessions here' : 'the hooks are in place already');
    }
    const now = await agent.readHookSettings(stateFolder);
    if (action === 'remove') {
      const steps = agent.hookRemovalPlan(agent.thisMachine, stateFolder, now);
      if (steps.length === 0) return done('there are no hooks on this machine');
      await carryOut(call.terminal, steps, call.common);
      return done('the hooks are gone');
    }
    if (action !== 'status') throw usageFailure(`there is no action "${action}"`, `it is ${actions.join(', ')}`);
    return list(
      agent.hookStatus(agent.thisMachine, now),
      [
        { title: 'pam service', value: (one) => one.service },
        { title: 'sessions', value: (one) => (one.sessions ? 'told' : 'not told') },
        { title: 'single-use passwords', value: (one) => (one.passwords ? 'taken' : 'not taken') },
      ],
      (one) => one.service,
      'PAM knows no service with desktop sessions: is xrdp installed?',
    );
  },
};
