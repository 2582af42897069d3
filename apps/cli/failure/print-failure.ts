import type { Terminal } from '../terminal/terminal.ts';
import type { FailureText } from './cli-failure.ts';

/** Title, detail, cause, fix and correlation id on stderr, one line each. */
export function printFailure(terminal: Terminal, text: FailureText): void {
  const { style } = terminal;
  const line = (label: string, value: string | undefined) =>
    value ? `${style.dim(`  ${label}:`.padEnd(10))}${value}\n` : '';
  const detail = text.detail && text.detail !== text.title ? `: ${text.detail}` : '';
  const extra = text.extra && Object.keys(text.extra).length > 0 ? JSON.stringify(text.extra) : undefined;
  terminal.err.write(
    `${style.red('✗')} ${style.bold(text.title)}${detail}\n${line('cause', text.cause)}${line('fix', text.fix)}${line('more', extra)}${line('id', text.correlationId)}`,
  );
}
