import { exitCodes } from '../failure/cli-failure.ts';
import { processTerminal } from '../terminal/terminal.ts';
import { runAgent } from './run-agent.ts';

/** `atelier agent run`, as its service says it, without the rest of the command line: what runs for months holds the agent and nothing else. Gives the exit code. */
export async function runAgentAlone(): Promise<number> {
  const terminal = processTerminal();
  try {
    await runAgent(terminal);
    return exitCodes.ok;
  } catch (error) {
    const { explainFailure } = await import('../failure/explain-failure.ts');
    const { printFailure } = await import('../failure/print-failure.ts');
    const { text, exitCode } = explainFailure(error);
    printFailure(terminal, text);
    return exitCode;
  }
}
