import { Command, CommanderError } from 'commander';
import { buildCommand, writeExamples } from './command/build-command.ts';
import type { CommonOptions } from './command/invocation.ts';
import { runVerb } from './command/run-verb.ts';
import type { LoneVerb, Noun, Verb } from './command/verb.ts';
import { printCandidates } from './completion/print-candidates.ts';
import { exitCodes } from './failure/cli-failure.ts';
import { loneVerbs, nouns } from './nouns/index.ts';

type Run = (
  verb: Verb,
  args: Record<string, string>,
  options: Record<string, unknown>,
  common: CommonOptions,
) => Promise<void>;

const firstSteps = `
First steps:
  atelier up                         start the server and this computer's client
  atelier login                      sign in to the server of this machine
  atelier image import debian-lab disk.qcow2
  atelier start debian-lab           start a workspace on this computer

"atelier <noun> --help" lists what can be done with a thing, and every command has examples.
Exit codes: 0 ok, 1 failure, 2 wrong command line, 3 not found, 4 not allowed, 130 interrupted.`;

/** Commands with Windows' own grammar, which commander cannot read: `runOwnGrammar` carries them out before it looks. */
const inOwnGrammar: readonly (readonly [name: string, summary: string])[] = [
  ['winrm', 'manages a host over WS-Management, in the words of Windows (winrm -?)'],
  ['winrs', 'runs a command on a host over WS-Management (winrs -?)'],
];

/** One example for each of the first verbs that have any: a noun's help teaches how it is begun. */
function examplesOf({ verbs }: Noun): string {
  const lines = verbs.flatMap((verb) => verb.examples?.slice(0, 1) ?? []).slice(0, 3);
  return lines.length === 0 ? '' : `\n${writeExamples(lines)}`;
}

/** The whole command line as commander's tree; `run` is called with what was asked for. */
export function buildProgram(version: string, run: Run): Command {
  const program = new Command('atelier')
    .description('gives people their desktops and keeps the machines behind them in order')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', firstSteps);
  const add = (parent: Command, verb: Verb, group?: string) => {
    const command = buildCommand(verb, run);
    if (group) command.helpGroup(group);
    parent.addCommand(command);
  };
  for (const verb of loneVerbs as readonly LoneVerb[]) add(program, verb, verb.group);
  for (const noun of nouns as readonly Noun[]) {
    const command = new Command(noun.name).description(noun.summary).summary(noun.summary).helpGroup(noun.group);
    command.helpCommand(false);
    for (const verb of noun.verbs) add(command, verb);
    command.addHelpText('after', examplesOf(noun));
    program.addCommand(command);
  }
  for (const [name, summary] of inOwnGrammar)
    program.addCommand(
      new Command(name)
        .description(summary)
        .helpGroup('Remote management:')
        .argument('[words...]')
        .allowUnknownOption(),
    );
  const strict = (command: Command) => {
    command.exitOverride();
    command.showHelpAfterError('(add --help for what is possible)');
    command.configureOutput({ getOutHelpWidth: () => Math.min(process.stdout.columns ?? 100, 110) });
    command.commands.forEach(strict);
  };
  strict(program);
  return program;
}

/** Reads a command line and carries it out. Gives the exit code; help and errors of the command line are written by commander. */
export async function runCommandLine(args: readonly string[], version: string): Promise<number> {
  if (args[0] === '__complete') {
    await printCandidates(args.slice(args[1] === '--' ? 2 : 1));
    return exitCodes.ok;
  }
  let exitCode: number = exitCodes.ok;
  const program = buildProgram(version, async (verb, named, options, common) => {
    exitCode = await runVerb(verb, named, options, common);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const asked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
    // A noun alone shows its help, but nothing was done.
    return asked ? exitCodes.ok : exitCodes.usage;
  }
}
