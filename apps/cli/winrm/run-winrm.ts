import { once } from 'node:events';
import { messageText } from '@atelier/wsman';
import { CliFailure, exitCodes, usageFailure } from '../failure/cli-failure.ts';
import { processTerminal, type Terminal } from '../terminal/terminal.ts';
import { type CommandWords, checkSwitches, readCommandWords } from './command-words.ts';
import { connectionFrom, connectionSwitches, withSession } from './connection-switches.ts';
import type { XmlFormat } from './format-xml.ts';
import { printWinrmFailure } from './print-winrm-failure.ts';
import * as verbs from './resource-verbs.ts';
import { winrmHelp } from './winrm-help.ts';

type Run = (context: verbs.VerbContext) => Promise<void>;

const common = ['format', 'options', ...connectionSwitches];

/** Verbs with their short names, and the switches that each knows besides the common ones. */
const table: Readonly<Record<string, { readonly run: Run; readonly switches: readonly string[] }>> = {
  get: { run: verbs.get, switches: ['fragment', 'dialect'] },
  set: { run: verbs.set, switches: ['fragment', 'dialect', 'file'] },
  create: { run: verbs.create, switches: ['file'] },
  delete: { run: verbs.remove, switches: [] },
  enumerate: {
    run: verbs.enumerate,
    switches: ['filter', 'dialect', 'returntype', 'associations', 'shallow', 'basepropertiesonly'],
  },
  invoke: { run: verbs.invoke, switches: ['file'] },
  identify: { run: verbs.identify, switches: [] },
  configure: { run: verbs.configure, switches: ['file'] },
};
const short: Readonly<Record<string, string>> = {
  g: 'get',
  s: 'set',
  c: 'create',
  d: 'delete',
  e: 'enumerate',
  enum: 'enumerate',
  i: 'invoke',
  id: 'identify',
};

/** The text of an error number, decimal, negative as Windows prints it, or hexadecimal. */
export function helpMessage(text: string | undefined, locale: string): string {
  const number = Number(text);
  if (text === undefined || !Number.isSafeInteger(number))
    throw usageFailure('helpmsg takes a number', 'write e.g. winrm helpmsg 0x8033805b');
  const found = messageText(number >>> 0, locale);
  if (!found)
    throw new CliFailure(
      { title: 'no such message', detail: `there is no message of the number ${text}` },
      exitCodes.notFound,
    );
  return found;
}

function formatOf(command: CommandWords): XmlFormat {
  const format = command.switches.get('format')?.toLowerCase().replace(/^#/, '') ?? 'text';
  if (format !== 'text' && format !== 'xml' && format !== 'pretty')
    throw usageFailure(`the format "${format}" is not known`, 'it is text, xml or pretty');
  return format;
}

const printer =
  (terminal: Terminal) =>
  async (text: string): Promise<void> => {
    if (text !== '' && !terminal.out.write(text.endsWith('\n') ? text : `${text}\n`)) await once(terminal.out, 'drain');
  };

/** Analyses this machine, says what it will change, asks (not with -quiet), and makes it manageable. */
async function quickConfig(command: CommandWords, terminal: Terminal): Promise<string> {
  checkSwitches(command.switches, ['transport', 'quiet', 'q', 'force']);
  const { quickConfigure } = await import('../nouns/agent/install-verbs.ts');
  const transport = command.switches.get('transport')?.toLowerCase() || 'http';
  if (transport !== 'http' && transport !== 'https') throw usageFailure('the transport is http or https');
  const yes = ['quiet', 'q', 'force'].some((one) => command.switches.has(one));
  const changed = await quickConfigure(terminal, transport, { yes, quiet: false });
  return changed
    ? 'WinRM has been updated for remote management.'
    : 'WinRM service is already running on this machine.\nWinRM is already set up for remote management on this computer.';
}

async function carryOut(
  args: readonly string[],
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const command = readCommandWords(args);
  const print = printer(terminal);
  const [word, ...rest] = command.words;
  if (word === undefined || word === 'help' || command.switches.has('?') || command.switches.has('help'))
    return print(winrmHelp);
  const name = word.toLowerCase();
  if (name === 'helpmsg') return print(helpMessage(rest[0], command.switches.get('locale') || env.LANG || 'en'));
  if (name === 'quickconfig' || name === 'qc') return print(await quickConfig(command, terminal));
  const verb = table[short[name] ?? name];
  if (!verb) throw usageFailure(`winrm has no verb "${word}"`, 'winrm -? lists them');
  checkSwitches(command.switches, [...common, ...verb.switches]);
  const format = formatOf(command);
  const options = await connectionFrom(command.switches, terminal, env);
  await withSession(options, (session) => verb.run({ session, command, rest, format, print }));
}

/** `winrm …`: carries it out and gives the exit code. */
export async function runWinrm(
  args: readonly string[],
  terminal = processTerminal(),
  env = process.env as Readonly<Record<string, string | undefined>>,
): Promise<number> {
  try {
    await carryOut(args, terminal, env);
    return exitCodes.ok;
  } catch (error) {
    return printWinrmFailure(error, terminal);
  }
}
