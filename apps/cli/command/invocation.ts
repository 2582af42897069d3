import type { Client } from '@atelier/api';
import type { Connection } from '../connection/connect.ts';
import type { OutputFormat } from '../output/output.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The options that commands share. */
export interface CommonOptions {
  readonly output: OutputFormat;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Milliseconds that a command waits at most. */
  readonly timeoutMs: number;
  readonly limit: number;
  readonly context: string | undefined;
}

/** One command being carried out. */
export interface Invocation {
  /** Arguments by name; optional ones that were left out are missing. */
  readonly args: Readonly<Record<string, string>>;
  /** The command's own options, by their long name in camel case. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly common: CommonOptions;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C and by the time limit. */
  readonly signal: AbortSignal;
  /** The server's API, as the chosen context. Opened at the first use. */
  readonly api: Client;
  /** The same connection, for streams. */
  connection(): Connection;
}

/** An option's text, or undefined. */
export const text = (call: Invocation, name: string): string | undefined => call.options[name] as string | undefined;

/** A repeatable option's values. */
export const texts = (call: Invocation, name: string): readonly string[] =>
  (call.options[name] as readonly string[] | undefined) ?? [];

export const flag = (call: Invocation, name: string): boolean => call.options[name] === true;

export const number = (call: Invocation, name: string): number | undefined => call.options[name] as number | undefined;

/** Only the options that were given, by the names of the API's fields: what PATCH wants. */
export const given = (call: Invocation, ...names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names.filter((name) => call.options[name] !== undefined).map((name) => [name, call.options[name]]),
  );
