import type { Readable, Writable } from 'node:stream';

type Paint = (text: string) => string;

/** Where a command reads and writes: the process's own streams, or a test's. Data goes to `out`, everything else to `err`. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  readonly out: Writable;
  readonly err: Writable;
  /** Whether a person reads `out` (then tables may be wide). */
  readonly outIsTerminal: boolean;
  /** Whether progress may rewrite its line. */
  readonly errIsTerminal: boolean;
  /** Whether somebody can be asked. */
  readonly canAsk: boolean;
  readonly columns: number;
  readonly style: { readonly bold: Paint; readonly dim: Paint; readonly red: Paint; readonly green: Paint };
}

/** The terminal of this process. NO_COLOR switches colours off. */
export function processTerminal(
  env: Readonly<Record<string, string | undefined>> = process.env,
  flags: { readonly noInput?: boolean } = {},
): Terminal {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      process.stderr.isTTY && !env.NO_COLOR && env.TERM !== 'dumb' ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    input: process.stdin,
    out: process.stdout,
    err: process.stderr,
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true && env.TERM !== 'dumb',
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true && !flags.noInput,
    columns: process.stdout.columns ?? 80,
    style: { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), green: paint(32, 39) },
  };
}
