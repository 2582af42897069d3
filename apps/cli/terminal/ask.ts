import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliFailure, exitCodes, usageFailure } from '../failure/cli-failure.ts';
import type { Terminal } from './terminal.ts';

const silent = () =>
  new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });

async function readLine(terminal: Terminal, question: string, echo: boolean): Promise<string> {
  terminal.err.write(question);
  const lines = createInterface({ input: terminal.input, output: echo ? terminal.err : silent(), terminal: true });
  try {
    const answer = new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => reject(new CliFailure({ title: 'interrupted' }, exitCodes.interrupted)));
      lines.once('close', () => reject(new CliFailure({ title: 'interrupted' }, exitCodes.interrupted)));
    });
    return await answer;
  } finally {
    lines.close();
    if (!echo) terminal.err.write('\n');
  }
}

/** Asks for a text; `otherwise` says what to give on the command line when nobody can be asked. */
export async function askText(terminal: Terminal, question: string, otherwise: string): Promise<string> {
  if (!terminal.canAsk) throw usageFailure(otherwise);
  return (await readLine(terminal, `${question}: `, true)).trim();
}

/** Asks for a secret without showing it. */
export async function askSecret(terminal: Terminal, question: string, otherwise: string): Promise<string> {
  if (!terminal.canAsk) throw usageFailure(otherwise);
  return readLine(terminal, `${question}: `, false);
}

/** The first `count` lines of standard input: how scripts hand over secrets. Never from the command line, which others can read. */
export async function secretsFromInput(terminal: Terminal, count: number): Promise<string[]> {
  let text = '';
  for await (const chunk of terminal.input) {
    text += String(chunk);
    if (text.length > 16_384) throw usageFailure('the secret on standard input is longer than 16 KiB');
  }
  const lines = text.split(/\r?\n/).slice(0, count);
  if (lines.length < count || lines.some((line) => line === ''))
    throw usageFailure(count === 1 ? 'there is nothing on standard input' : `standard input needs ${count} lines`);
  return lines;
}

/** Asks before something is lost. With `yes` nobody is asked; when nobody can be asked, it is refused. */
export async function confirm(terminal: Terminal, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!terminal.canAsk) throw usageFailure(question, 'repeat it with --yes if you mean it');
  const answer = await readLine(terminal, `${question}. Go on? [y/N] `, true);
  if (!/^(y|yes|o|oui)$/i.test(answer.trim()))
    throw new CliFailure({ title: 'nothing was changed' }, exitCodes.interrupted);
}
