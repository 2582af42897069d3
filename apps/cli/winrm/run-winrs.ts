import { pipeline } from 'node:stream/promises';
import type { CommandOptions, RemoteCommand, Session } from '@atelier/adapters/winrm-client';
import { exitCodes, usageFailure } from '../failure/cli-failure.ts';
import { processTerminal, type Terminal } from '../terminal/terminal.ts';
import { checkSwitches, readCommandWords } from './command-words.ts';
import { connectionFrom, connectionSwitches, withSession } from './connection-switches.ts';
import { printWinrmFailure } from './print-winrm-failure.ts';
import { winrsHelp } from './winrm-help.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const own = [
  'd',
  'env',
  't',
  'nop',
  'noprofile',
  'noe',
  'noecho',
  'skipshell',
  'tty',
  'comp',
  'compression',
  '?',
  'help',
];

/** Switches stand before the command; what follows the first word belongs to it. */
function split(args: readonly string[]): { readonly switches: readonly string[]; readonly command: readonly string[] } {
  const at = args.findIndex((one) => !/^-[A-Za-z?]/.test(one));
  return at < 0 ? { switches: args, command: [] } : { switches: args.slice(0, at), command: args.slice(at) };
}

/** `-env:` may stand several times. */
function environmentOf(switches: readonly string[]): {
  readonly rest: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
} {
  const environment: Record<string, string> = {};
  const rest = switches.filter((one) => {
    const found = /^-env(?:ironment)?:([^=]+)=(.*)$/is.exec(one);
    if (found) environment[found[1]!] = found[2]!;
    return !found;
  });
  return { rest, environment };
}

/** Ctrl-C goes to the command; a second one within it ends the command and all that it started. */
function forwardInterrupts(command: RemoteCommand): () => void {
  let count = 0;
  const interrupt = () => {
    count += 1;
    command.signal(count === 1 ? 'ctrl_c' : 'terminate').catch(() => {});
  };
  process.on('SIGINT', interrupt);
  return () => process.off('SIGINT', interrupt);
}

/** The terminal there is as large as the one here. */
function forwardSize(command: RemoteCommand): () => void {
  const resize = () => {
    const { columns, rows } = process.stdout;
    if (columns && rows) command.signal(`resize-${columns}x${rows}`).catch(() => {});
  };
  process.stdout.on('resize', resize);
  return () => process.stdout.off('resize', resize);
}

async function attach(command: RemoteCommand, terminal: Terminal, raw: boolean): Promise<number> {
  const stop = [forwardInterrupts(command), ...(raw ? [forwardSize(command)] : [])];
  if (raw) terminal.input.setRawMode?.(true);
  // The reader of our output may go away, and the command may end before its input does: neither is a failure of the other.
  const input = pipeline(terminal.input, command.stdin).catch(() => {});
  try {
    const outputs = [
      pipeline(command.stdout, terminal.out, { end: false }),
      pipeline(command.stderr, terminal.err, { end: false }),
    ];
    await Promise.all(outputs);
    return await command.exitCode;
  } finally {
    for (const one of stop) one();
    if (raw) terminal.input.setRawMode?.(false);
    terminal.input.destroy();
    await input;
  }
}

async function runRemote(
  session: Session,
  words: readonly string[],
  switches: ReadonlyMap<string, string>,
  environment: Readonly<Record<string, string>>,
  terminal: Terminal,
): Promise<number> {
  const folder = switches.get('d');
  const shell = await session.shell({
    environment,
    noProfile: switches.has('nop') || switches.has('noprofile'),
    ...(folder ? { workingDirectory: folder } : {}),
  });
  const seconds = switches.get('t');
  const limit = seconds ? setTimeout(() => void shell.close().catch(() => {}), Number(seconds) * 1000) : undefined;
  try {
    const options: CommandOptions = {
      skipShell: switches.has('skipshell'),
      ...(switches.has('tty')
        ? { terminal: { columns: terminal.columns || 80, rows: process.stdout.rows || 24 } }
        : {}),
    };
    const [program, ...list] = switches.has('skipshell') ? words : [words.join(' ')];
    const command = await shell.command(program!, list, options);
    return await attach(command, terminal, switches.has('tty') && terminal.input.isTTY === true);
  } finally {
    clearTimeout(limit);
    await shell.close().catch(() => {});
  }
}

async function carryOut(args: readonly string[], terminal: Terminal, env: Environment): Promise<number> {
  const { switches: given, command } = split(args);
  const { rest, environment } = environmentOf(given);
  const { switches } = readCommandWords(rest);
  if (switches.has('?') || switches.has('help') || args.length === 0) {
    terminal.out.write(winrsHelp);
    return exitCodes.ok;
  }
  checkSwitches(switches, [...own, ...connectionSwitches]);
  if (command.length === 0) throw usageFailure('there is no command', 'write winrs -r:HOST COMMAND');
  if (switches.has('t') && !/^[1-9]\d{0,6}$/.test(switches.get('t')!)) throw usageFailure('-t: takes seconds');
  const options = await connectionFrom(switches, terminal, env);
  return withSession(options, (session) => runRemote(session, command, switches, environment, terminal));
}

/** `winrs …`: carries it out and gives the command's own exit code, as far as one of this machine can be. */
export async function runWinrs(
  args: readonly string[],
  terminal = processTerminal(),
  env: Environment = process.env,
): Promise<number> {
  try {
    return (await carryOut(args, terminal, env)) & 0xff;
  } catch (error) {
    return printWinrmFailure(error, terminal);
  }
}
