import { join } from 'node:path';
import type { InstallChoices } from '@atelier/agent';
import { flag, type Invocation, number, text } from '../../command/invocation.ts';
import { wholeNumber } from '../../command/parse-value.ts';
import type { Verb } from '../../command/verb.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { done } from '../../output/output.ts';
import { secretsFromInput } from '../../terminal/ask.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { carryOut, yesOption } from './carry-out.ts';
import { installSessionHook } from './session-hook-verb.ts';

const program = join(import.meta.dirname, '../../../../bin/atelier.mjs');

/** Makes this machine one that is managed over WS-Management. Gives whether anything had to be done. */
export async function quickConfigure(
  terminal: Terminal,
  transport: InstallChoices['transport'],
  choices: { readonly yes: boolean; readonly quiet: boolean },
  enrollment?: InstallChoices['enrollment'],
): Promise<boolean> {
  const { agentStateFolder, installPlan, thisMachine } = await import('@atelier/agent');
  const steps = await installPlan(thisMachine, { transport, program, stateFolder: agentStateFolder(), enrollment });
  if (steps.length > 0) await carryOut(terminal, steps, choices);
  return steps.length > 0;
}

/** How to register with a server, when it was asked for. */
async function enrollmentOf(call: Invocation): Promise<InstallChoices['enrollment']> {
  const [server, given] = [text(call, 'server'), text(call, 'token')];
  if (!server && !given) return undefined;
  if (!server || !given)
    throw usageFailure('--server and --token belong together', 'copy the command that "atelier host invite" prints');
  const token = given === '-' ? (await secretsFromInput(call.terminal, 1))[0]! : given;
  const [name, address, runAs, port] = [
    text(call, 'name'),
    text(call, 'address'),
    text(call, 'runAs'),
    number(call, 'port'),
  ];
  const forwardEvents = flag(call, 'forwardEvents');
  return {
    server,
    token,
    name,
    address,
    runAs,
    forwardEvents,
    ...(port ? { listen: { port } } : {}),
    signal: call.signal,
  };
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
    { flags: '--server <url>', summary: 'register with this management server; needs --token' },
    { flags: '--token <token>', summary: 'what "atelier host invite" printed; - reads it from standard input' },
    { flags: '--name <name>', summary: 'name in the list of hosts; the machine’s own when it is left out' },
    {
      flags: '--address <address>',
      summary: 'as the server shall reach this machine; where its call comes from otherwise',
    },
    { flags: '--port <number>', summary: 'where to listen for the server, default 5986', parse: wholeNumber(1) },
    {
      flags: '--forward-events',
      summary: 'bring its events to the server, for a machine that the server cannot reach',
    },
    { flags: '--run-as <user>', summary: 'account of this machine that the server acts as, default root' },
    {
      flags: '--session-hook',
      summary: 'tell the broker of desktop sessions too, as "atelier agent session-hook install"',
    },
    yesOption,
  ],
  examples: [
    ['sudo atelier agent install', 'a service that starts at every boot'],
    ['sudo atelier agent install --yes --transport both', 'for roll-outs'],
  ],
  run: async (call) => {
    const transport = text(call, 'transport') as InstallChoices['transport'];
    const enrollment = await enrollmentOf(call);
    const changed = await quickConfigure(call.terminal, transport, call.common, enrollment);
    const hooked = flag(call, 'sessionHook') && (await installSessionHook(call));
    if (enrollment) return done(`this machine is a host of ${enrollment.server} now`);
    return done(changed || hooked ? 'this machine can be managed now, e.g. with winrm identify -r:localhost' : already);
  },
};

export const uninstallVerb: Verb = {
  name: 'uninstall',
  summary: 'remove the agent from this machine',
  options: [{ flags: '--purge', summary: 'its settings, certificate and accounts, too' }, yesOption],
  run: async (call) => {
    const { agentStateFolder, hookRemovalPlan, readHookSettings, thisMachine, uninstallPlan } = await import(
      '@atelier/agent'
    );
    const folder = agentStateFolder();
    const steps = [
      ...hookRemovalPlan(thisMachine, folder, await readHookSettings(folder), 'goes'),
      ...uninstallPlan(thisMachine, folder, flag(call, 'purge')),
    ];
    if (steps.length === 0) return done('there is no agent on this machine');
    await carryOut(call.terminal, steps, call.common);
    return done('the agent is gone');
  },
};
