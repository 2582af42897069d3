import type { Terminal } from '../terminal/terminal.ts';
import type { Output, OutputFormat } from './output.ts';
import { card, table } from './table.ts';

async function structured(value: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  return (await import('yaml')).stringify(value);
}

/** Writes what a command gave: data on stdout in the asked format, words on stderr. */
export async function printOutput(
  terminal: Terminal,
  output: Output,
  format: OutputFormat,
  quiet: boolean,
): Promise<void> {
  const write = (text: string) => terminal.out.write(text);
  if (output.kind === 'text') return void write(output.text);
  if (output.kind === 'done' && !quiet) terminal.err.write(`${terminal.style.green('✓')} ${output.text}\n`);
  const value = output.kind === 'list' ? output.items : output.item;
  if (value === undefined) return;
  if (format === 'json' || format === 'yaml') return void write(await structured(value, format));
  if (output.kind === 'list') {
    if (format === 'name') return void write(output.items.map((one) => `${output.name(one as never)}\n`).join(''));
    if (output.items.length === 0) return void (quiet || terminal.err.write(`${output.empty}\n`));
    const rows = table(output.items, output.columns, terminal.outIsTerminal ? terminal.columns : null);
    return void write(`${rows.join('\n')}\n`);
  }
  if (format === 'name') return void (output.name === undefined || write(`${output.name}\n`));
  if (output.kind === 'item') write(`${card(output.item, output.columns).join('\n')}\n`);
}
