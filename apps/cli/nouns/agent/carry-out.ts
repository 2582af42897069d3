import type { Step } from '@atelier/agent';
import { CliFailure, exitCodes } from '../../failure/cli-failure.ts';
import { confirm } from '../../terminal/ask.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The option of every verb that asks before it carries something out. */
export const yesOption = { flags: '-y, --yes', summary: 'do not ask' } as const;

/** Says what will be done, asks unless told not to, then does it, step by step. */
export async function carryOut(
  terminal: Terminal,
  steps: readonly Step[],
  choices: { readonly yes: boolean; readonly quiet: boolean },
): Promise<void> {
  const { thisMachine } = await import('@atelier/agent');
  const say = (text: string) => {
    if (!choices.quiet) terminal.err.write(text);
  };
  if (process.getuid?.() !== 0)
    throw new CliFailure(
      { title: 'this needs root', detail: 'the agent is a service of the system: type it again with sudo' },
      exitCodes.notAllowed,
    );
  say(`This will be done:\n${steps.map((one) => `  - ${one.what}\n`).join('')}`);
  await confirm(terminal, `${steps.length === 1 ? 'this changes' : 'these steps change'} the machine`, choices.yes);
  for (const one of steps) {
    await one.act(thisMachine);
    say(`${terminal.style.green('✓')} ${one.what}\n`);
  }
}
