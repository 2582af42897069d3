import { type Connection, connectAsChosen } from '../connection/connect.ts';
import { DryRun } from '../connection/dry-run.ts';
import { CliFailure, exitCodes } from '../failure/cli-failure.ts';
import { explainFailure } from '../failure/explain-failure.ts';
import { printFailure } from '../failure/print-failure.ts';
import { item } from '../output/output.ts';
import { printOutput } from '../output/print-output.ts';
import { confirm } from '../terminal/ask.ts';
import { processTerminal } from '../terminal/terminal.ts';
import type { CommonOptions, Invocation } from './invocation.ts';
import type { Verb } from './verb.ts';

const requestColumns = ['method', 'path', 'body'].map((title) => ({
  title,
  value: (request: Record<string, unknown>) => request[title],
}));

/** Ctrl-C and the time limit as one signal; a second Ctrl-C, a moment later, ends the program at once. */
function interruptible(timeoutMs: number, reloads: boolean) {
  const controller = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (first && performance.now() - first > 1000) process.exit(exitCodes.interrupted);
    first ||= performance.now();
    controller.abort(new CliFailure({ title: 'interrupted' }, exitCodes.interrupted));
  };
  const signals = reloads ? (['SIGINT', 'SIGTERM'] as const) : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const);
  for (const signal of signals) process.on(signal, onSignal);
  const late = new CliFailure({
    title: 'it took too long',
    detail: `not finished after ${timeoutMs / 1000} s`,
    fix: 'wait longer with --timeout; what the server has begun goes on (atelier task ls)',
  });
  const timer = Number.isFinite(timeoutMs) ? setTimeout(() => controller.abort(late), timeoutMs) : undefined;
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** Carries a command out and prints what it gives. Never throws: the exit code says how it went. */
export async function runVerb(
  verb: Verb,
  args: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>>,
  common: CommonOptions,
): Promise<number> {
  const terminal = processTerminal(process.env, common);
  const { signal, release } = interruptible(common.timeoutMs, verb.reloads ?? false);
  let connection: Connection | undefined;
  const open = () => {
    connection ??= connectAsChosen(common);
    return connection;
  };
  const call: Invocation = {
    args,
    options,
    common,
    terminal,
    signal,
    connection: open,
    get api() {
      return open().api;
    },
  };
  try {
    if (verb.loses && !common.dryRun) await confirm(terminal, verb.loses(call), common.yes);
    const output = await verb.run(call);
    if (output?.kind === 'exit') return output.code;
    if (output) await printOutput(terminal, output, common.output, common.quiet);
    return exitCodes.ok;
  } catch (caught) {
    if (caught instanceof DryRun) {
      terminal.err.write('nothing was changed; this would have been asked of the server:\n');
      await printOutput(terminal, item(caught.request, requestColumns, ''), common.output, common.quiet);
      return exitCodes.ok;
    }
    const error = signal.aborted && signal.reason instanceof CliFailure ? signal.reason : caught;
    const { text, exitCode } = explainFailure(error);
    printFailure(terminal, text);
    return exitCode;
  } finally {
    release();
    connection?.close();
  }
}
